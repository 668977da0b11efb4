@icon("icons/npc.svg")
class_name TownsfolkNPC
extends Node
## A character that talks. Put it below the node of its body, and give it the character's id.
##
## It plays its voice, moves the blend shapes of its face in time with it, and tells by signals what it says,
## does and feels, each at its moment in the sentence. All characters share one [TownsfolkSession].

## It was AWAY (not connected), IDLE, LISTENING, THINKING, SPEAKING or HELD (silent, as the player may be
## interrupting).
signal state_changed(state: State)
## The player's words to this character so far; once more with `final` when the turn is over.
signal heard(text: String, final: bool)
## It begins to say a clause.
signal said(line: TownsfolkLine)
## It does something that [method TownsfolkSession.actions] has offered. Answer with [method result].
signal action(number: int, verb: String, target: String, parameters: Dictionary)
## What it feels from now on. Intensity 0 to 1; valence (unpleasant to pleasant) and arousal -1 to 1.
signal felt(emotion: String, intensity: float, valence: float, arousal: float)
## Its story went on to a section; `hooks` is what its writer wants the game to do.
signal story(section: String, hooks: Array)
## It has said all of a reply.
signal finished(text: String)
## It was cut short after `seconds`: `interrupted`, `superseded`, `failed` or `closing`.
signal cancelled(reason: String, seconds: float)
## What it had said when the connection broke, and the player has not heard.
signal missed(text: String)

enum State { AWAY, IDLE, LISTENING, THINKING, SPEAKING, HELD }

const Body := preload("body.gd")
const Delivery := preload("delivery.gd")

## Id of the character: the name of its folder on the server.
@export var character := ""
## Its connection; left empty, the scene's first session, or a new one with default settings.
@export var session: TownsfolkSession
## Greet the player when the session opens.
@export var greets := false
@export_group("Face")
## Meshes whose blend shapes move; left empty, all of the parent that have any.
@export var meshes: Array[MeshInstance3D] = []
## What turns with its head, looking along +Z when it looks straight ahead; may stay empty.
@export var head: Node3D
## Blend shapes that are called otherwise: weight, as in docs/protocol.md -> name in the mesh, empty for none.
## Usual spellings of ARKit and VRM names are found without.
@export var shape_names: Dictionary = {}
@export_group("Voice")
## An AudioStreamPlayer, AudioStreamPlayer2D or AudioStreamPlayer3D; left empty, one that suits the parent.
@export var speaker: Node

var state := State.AWAY:
	set = _set_state

var _delivery := Delivery.new()
var _listening := false


func _ready() -> void:
	session = session if session else TownsfolkSession.of(self)
	session.add_npc(self)
	session.state_changed.connect(func(_state: Variant) -> void: _update_state())
	session.hearing.connect(_on_hearing)
	_delivery.voice = Delivery.Voice.new(speaker if speaker else Body.make_speaker(get_parent()))
	_delivery.may_begin = session.is_turn_of.bind(self)
	_delivery.cue.connect(_on_cue)
	_delivery.reached.connect(_on_reached)


func _exit_tree() -> void:
	if is_instance_valid(session):
		session.remove_npc(self)


func _process(delta: float) -> void:
	_delivery.step(delta)
	_update_state()


## The player comes up to it: it greets, and is attended to.
func greet() -> bool:
	return session.send({"type": "greet", "to": character})


## From now on the player's voice is meant for it.
func attend() -> bool:
	return session.send({"type": "attend", "to": character})


## The player says this to it, typed instead of spoken.
func say(text: String) -> bool:
	return session.say(text, character)


## How an action ended; see [signal action].
func result(number: int, ok := true, text := "") -> bool:
	return session.result(number, ok, text)


## Feel and look otherwise: `emotion`, `intensity` (0 to 1), `look` (`player`, or the id of a [method place]).
func direct(how: Dictionary) -> bool:
	return session.send({"type": "direct", "npc": character}.merged(how))


## Where something is that it may look at, in the world's coordinates, as seen from `eyes` (its head, looking
## along +Z).
func place(id: String, position: Vector3, eyes: Node3D = head) -> bool:
	var seen := eyes.global_transform.affine_inverse() * position if eyes else position
	return session.send({"type": "place", "npc": character, "id": id, "position": [seen.x, seen.y, seen.z]})


## Whether it can be heard.
func is_speaking() -> bool:
	return _delivery.voice.begun() and not _delivery.voice.held


## Seconds of the reply that have been heard, for captions word by word; 0 between replies.
func reply_time() -> float:
	return float(_delivery.voice.heard()) / _delivery.rate


## The weight `name` (`jawOpen`) as it is shown now, 0 to 1.
func weight(name: String) -> float:
	var index: int = session.ready_message.get("blendshapes", []).find(name)
	return _delivery.face.shown[index] if index >= 0 and _delivery.face.shown else 0.0


## Look for blend shapes again, after a mesh was loaded. Gives how many weights some mesh follows.
func bind_face() -> int:
	var found := meshes if meshes else Body.meshes(get_parent())
	_delivery.face.bind(found, session.ready_message.get("blendshapes", []), shape_names, head)
	return _delivery.face.followed()


## How much of its last reply was played, as hello tells it; null before the first.
func played() -> Variant:
	return _delivery.played()


## The number of the reply under way; -1 between replies.
func reply_number() -> int:
	return _delivery.current().number if _delivery.current() else -1


## A message of the server that concerns it; called by the session.
func take(message: Dictionary) -> void:
	match message.type:
		"ready": _on_ready(message)
		"heard": heard.emit(message.text, message.final)
		"beat": story.emit(message.section, message.hooks)
	_delivery.take(message)
	if message.type == "cancel":
		cancelled.emit(message.reason, float(message.valid_through) / _delivery.rate)


## A packet of the server that concerns it; called by the session.
func take_packet(packet: Dictionary) -> void:
	_delivery.take_packet(packet)


func _on_ready(message: Dictionary) -> void:
	_delivery.reconnected()
	_delivery.rate = int(message.audio_out.get("rate", session.voice_rate))
	_delivery.fps = int(message.face.get("fps", session.face_rate))
	bind_face()
	for gap: Dictionary in message.missed:
		if gap.get("npc") == character:
			missed.emit(str(gap.get("text", "")))
	if greets and not message.resumed:
		greet()


func _on_cue(message: Dictionary) -> void:
	match message.type:
		"line": said.emit(TownsfolkLine.from(message, _delivery.rate))
		"action":
			var target: Variant = message.get("target")
			action.emit(message.action, message.verb, target if target else "", message.parameters)
		"feeling": felt.emit(message.emotion, message.intensity, message.valence, message.arousal)


func _on_reached(reply: Delivery.Reply, how: String, at: int) -> void:
	session.send({"type": "playback", "reply": reply.number, "state": how, "at": at})
	if how == "finished":
		finished.emit(reply.text)


func _on_hearing(how: String, _turn: int) -> void:
	_listening = how in ["started", "paused", "resumed"] and session.attending == character


func _update_state() -> void:
	if _delivery.current():
		var held := _delivery.voice.held
		state = State.HELD if held else State.SPEAKING if is_speaking() else State.THINKING
	elif not session.is_open():
		state = State.AWAY
	else:
		state = State.LISTENING if _listening else State.IDLE


func _set_state(value: State) -> void:
	if value != state:
		state = value
		state_changed.emit(value)
