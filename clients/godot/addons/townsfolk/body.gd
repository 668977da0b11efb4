extends RefCounted
## What a character's body has, and what is added to it.


## A player that is heard from where `body` is.
static func make_speaker(body: Node) -> Node:
	var made: Node = (
		AudioStreamPlayer3D.new() if body is Node3D
		else AudioStreamPlayer2D.new() if body is Node2D
		else AudioStreamPlayer.new()
	)
	body.add_child.call_deferred(made)
	return made


## All meshes below `body` that have blend shapes.
static func meshes(body: Node) -> Array[MeshInstance3D]:
	var found: Array[MeshInstance3D] = []
	for mesh: MeshInstance3D in body.find_children("*", "MeshInstance3D", true, false):
		if mesh.mesh and mesh.mesh.get_blend_shape_count():
			found.append(mesh)
	return found
