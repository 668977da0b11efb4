extends RefCounted
## What the game has told of its world, to be told again to a server that has not heard it.

var _entities := {}
var _scene := {}
var _actions := {}
var _variables := {}
var _perceived := {}
## Of `place` and `direct`: the last message about each thing.
var _about := {}


## Remember a message that is sent.
func note(message: Dictionary) -> void:
	match message.type:
		"scene": _note_scene(message)
		"actions": _actions = message
		"variables": _variables.merge(message.values, true)
		"perceive": _note_perceived(message)
		"place": _about[["place", message.npc, message.id]] = message
		"direct": _about[["direct", message.npc]] = _about.get(["direct", message.npc], {}).merged(message, true)


## The messages that tell all of it.
func again() -> Array[Dictionary]:
	var messages: Array[Dictionary] = []
	if _actions:
		messages.append(_actions)
	if _scene:
		messages.append(_scene.merged({"type": "scene", "replace": true, "entities": _entities.values()}, true))
	if _variables:
		messages.append({"type": "variables", "values": _variables})
	if _perceived:
		messages.append(_perceived)
	for about: Array in _about:
		if about[0] == "place": # what is looked at has to be somewhere first
			messages.push_front(_about[about])
		else:
			messages.append(_about[about])
	return messages


func _note_scene(message: Dictionary) -> void:
	if message.get("replace", true):
		_entities.clear()
		_scene.erase("attention")
	for entity: Dictionary in message.get("entities", []):
		_entities[entity.get("id")] = entity
	for id: String in message.get("gone", []):
		_entities.erase(id)
	_scene.type = "scene"
	for field in ["attention", "setting"]:
		if message.get(field):
			_scene[field] = message[field]


func _note_perceived(message: Dictionary) -> void:
	_perceived.merge(message, true)
	for once in ["gesture", "target"]: # a gesture is made once
		_perceived.erase(once)
