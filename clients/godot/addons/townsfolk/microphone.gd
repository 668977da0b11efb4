@icon("icons/session.svg")
class_name TownsfolkMicrophone
extends Node
## Sends the player's voice. Needs "Audio > Driver > Enable Input" in the project's settings, which enabling the
## plugin switches on.
##
## With [constant Mode.HANDS_FREE] the server finds the turns. With [constant Mode.PUSH_TO_TALK] nothing leaves
## the machine but what is said while [method talk] is on.

enum Mode { OFF, PUSH_TO_TALK, HANDS_FREE }

const Wire := preload("wire.gd")

const BUS := &"TownsfolkMicrophone"
## Seconds in a packet.
const PACKET := 0.04
## Seconds that a game may stutter without losing sound.
const KEPT := 0.5

## When it listens.
@export var mode := Mode.PUSH_TO_TALK:
	set = _set_mode
## An action of the input map that is held to talk; empty to call [method talk] instead.
@export var push_action: StringName = &""
## The session that hears it; left empty, the scene's first.
@export var session: TownsfolkSession
## The character's voice is removed from the microphone, as browsers do; or the player wears headphones.
@export var echo_cancelled := OS.has_feature("web")

## Whether the key is down.
var talking := false

var _player := AudioStreamPlayer.new()
var _capture := AudioEffectCapture.new()
var _time := 0


func _ready() -> void:
	process_mode = PROCESS_MODE_ALWAYS
	session = session if session else TownsfolkSession.of(self)
	session.set_microphone(self)
	session.connected.connect(func(_resumed: bool) -> void: _begin())
	_capture.buffer_length = KEPT
	_make_bus()
	_player.stream = AudioStreamMicrophone.new()
	_player.playback_type = AudioServer.PLAYBACK_TYPE_STREAM
	_player.bus = BUS
	add_child(_player)
	_set_mode(mode)


func _process(_delta: float) -> void:
	if push_action and InputMap.has_action(push_action) and Input.is_action_pressed(push_action) != talking:
		talk(not talking)
	var count := int(PACKET * AudioServer.get_mix_rate())
	while _capture.can_get_buffer(count):
		_send(_capture.get_buffer(count))


func _exit_tree() -> void:
	AudioServer.remove_bus(AudioServer.get_bus_index(BUS))


## Push to talk: true when the key goes down, false when it comes up.
func talk(down: bool) -> void:
	if mode == Mode.PUSH_TO_TALK and down != talking:
		talking = down
		if down:
			_capture.clear_buffer() # nothing from before the key
		session.talk(down)


## `audio_in` of hello. The rate is the engine's own: the server takes any, and resamples better than we would.
func format() -> Dictionary:
	return {"rate": int(AudioServer.get_mix_rate()), "echo_cancelled": echo_cancelled}


func _send(frames: PackedVector2Array) -> void:
	_time += frames.size()
	if mode == Mode.OFF or (mode == Mode.PUSH_TO_TALK and not talking):
		return
	var samples := PackedFloat32Array()
	samples.resize(frames.size())
	for i in frames.size():
		samples[i] = (frames[i].x + frames[i].y) * 0.5
	session.send_sound(Wire.microphone(_time - samples.size(), samples, session.audible()))


func _set_mode(value: Mode) -> void:
	mode = value
	if not _player.is_inside_tree():
		return
	if _player.playing != (mode != Mode.OFF): # a second start would end the first, and the input with it
		_player.playing = mode != Mode.OFF
	if session.is_open():
		_begin()


## Hands-free is what a session begins with; a key has to be told of.
func _begin() -> void:
	talking = false
	session.talk(null if mode == Mode.HANDS_FREE else false)


## A bus that captures and is not heard.
func _make_bus() -> void:
	AudioServer.add_bus()
	var index := AudioServer.bus_count - 1
	AudioServer.set_bus_name(index, BUS)
	AudioServer.set_bus_mute(index, true)
	AudioServer.add_bus_effect(index, _capture)
