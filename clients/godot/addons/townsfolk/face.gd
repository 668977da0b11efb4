extends RefCounted
## Shows weights on the blend shapes of meshes, and the pose on a head.

const Names := preload("names.gd")

## Seconds in which one face melts into the next, and in which it comes to rest where there is none.
const MELT := 0.2
const REST := 0.1

## What is shown, as a row of a face packet.
var shown := PackedFloat32Array()

## For each weight: the [mesh, index of its blend shape] pairs that follow it.
var _targets: Array[Array] = []
var _head: Node3D
var _upright := Vector3.ZERO
var _source := -1
var _from := PackedFloat32Array()
var _left := 0.0
var _span := MELT


## `names` of the weights in their order; `renamed` gives the mesh's own names where they cannot be guessed.
func bind(meshes: Array[MeshInstance3D], names: Array, renamed: Dictionary, head: Node3D) -> void:
	_targets.clear()
	for name: Variant in names:
		var follow := []
		for mesh in meshes:
			var index := Names.find(mesh, str(name), renamed)
			if index >= 0:
				follow.append([mesh, index])
		_targets.append(follow)
	if head and head != _head:
		_upright = head.rotation
	_head = head
	shown = _none()


## How many of the weights some mesh follows.
func followed() -> int:
	return _targets.filter(func(follow: Array) -> bool: return not follow.is_empty()).size()


## Show `row`, or nothing where it is empty. `source` tells whose it is: where it changes, faces melt.
func show(row: PackedFloat32Array, source: int, delta: float) -> void:
	var goal := row if row.size() == shown.size() else _none()
	if source != _source:
		_source = source
		_from = shown
		_span = REST if row.is_empty() else MELT
		_left = _span
	_left = maxf(0.0, _left - delta)
	var part := smoothstep(0.0, 1.0, 1.0 - _left / _span)
	shown = goal.duplicate()
	if _left > 0.0 and _from.size() == goal.size():
		for i in goal.size():
			shown[i] = lerpf(_from[i], goal[i], part)
	_apply()


func _apply() -> void:
	for i in _targets.size():
		for target: Array in _targets[i]:
			if is_instance_valid(target[0]):
				target[0].set_blend_shape_value(target[1], shown[i])
	if _head and is_instance_valid(_head):
		# Yaw is to its own left, pitch up, roll to its left shoulder; it looks along +Z, as glTF has it.
		var at := _targets.size()
		var turn := Vector3(-shown[at + 1], shown[at], -shown[at + 2])
		_head.rotation = _upright + turn * (PI / 180.0)


func _none() -> PackedFloat32Array:
	var row := PackedFloat32Array()
	row.resize(_targets.size() + 7)
	return row
