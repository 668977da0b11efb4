extends RefCounted
## Plays a reply through an [AudioStreamGenerator], and knows which sample of it is being heard.
##
## The generator is a short pipe that is thrown away and made anew; the reply keeps its sound. So a hold stops
## at once, and a release goes on from the very sample at which the mixer stopped.

const Clock := preload("clock.gd")
const Reply := preload("reply.gd")

## Seconds in the pipe: a game that stutters for less is not heard to.
const PIPE := 0.25
## Seconds that are gathered before it sounds: they hide an ordinary network.
const CUSHION := 0.08
## Seconds of fade in where it goes on: too short to be noticed, too long to click. Godot fades out itself.
const FADE := 0.006
## Seconds between two questions for the output latency, which is slow to ask for on some systems.
const ASKED := 1.0

var reply: Reply
## Silent in its place until it is [member held] no longer.
var held := false:
	set = _set_held

var _player: Node
var _pipe: AudioStreamGeneratorPlayback
var _room := 0
## The next sample to go into the pipe.
var _next := 0
var _from := 0
var _waited := 0.0
var _latency := 0.0
var _asked := -ASKED
var _clock := Clock.new()


## `player` is an [AudioStreamPlayer], [AudioStreamPlayer2D] or [AudioStreamPlayer3D].
func _init(player: Node) -> void:
	_player = player
	_player.playback_type = AudioServer.PLAYBACK_TYPE_STREAM


func begin(new_reply: Reply) -> void:
	stop()
	reply = new_reply
	_next = 0
	_waited = 0.0
	_clock.reset(0)


## Silence, at once. Gives the samples that will have been heard: what is mixed cannot be taken back.
func stop() -> int:
	var reached := mixed()
	_shut()
	reply = null
	held = false
	return reached


## Once a frame.
func step(delta: float) -> void:
	if reply == null:
		return
	if not held:
		_play(delta)
	_clock.note(_now(), mixed())


## The first sample that the mixer has not taken.
func mixed() -> int:
	return _next if _pipe == null else _next - (_room - _pipe.get_frames_available())


## The sample that is heard now.
func heard() -> int:
	return _clock.read(_now() - _delay()) if reply else 0


## Whether it has begun to sound.
func begun() -> bool:
	return reply != null and mixed() > 0


## Whether all of the reply has been heard.
func over() -> bool:
	return reply != null and reply.complete() and heard() >= mini(reply.total, reply.samples())


func _set_held(value: bool) -> void:
	if value and not held:
		_shut()
	held = value


func _play(delta: float) -> void:
	if _pipe and mixed() == reply.samples():
		_shut() # it ran dry: gather anew
	if _pipe == null and _ready_to_go(delta):
		_open()
	if _pipe:
		_feed()


func _ready_to_go(delta: float) -> bool:
	var waiting := reply.samples() - _next
	_waited = _waited + delta if waiting else 0.0
	return waiting and (waiting >= CUSHION * reply.rate or _waited >= CUSHION or reply.complete())


func _open() -> void:
	var stream := AudioStreamGenerator.new()
	stream.mix_rate = reply.rate
	stream.buffer_length = PIPE
	_player.stream = stream
	_player.play()
	_pipe = _player.get_stream_playback()
	_room = _pipe.get_frames_available()
	_from = _next
	_waited = 0.0


func _shut() -> void:
	_next = mixed()
	if _pipe:
		_player.stop()
	_pipe = null


func _feed() -> void:
	var count := mini(_pipe.get_frames_available(), reply.samples() - _next)
	var block := PackedVector2Array()
	block.resize(count)
	for i in count:
		var gain := minf(1.0, (_next + i - _from + 1) / (FADE * reply.rate))
		block[i] = Vector2.ONE * (reply.pcm.decode_s16((_next + i) * 2) / 32768.0 * gain)
	if count and _pipe.push_buffer(block):
		_next += count


func _delay() -> float:
	if _now() - _asked >= ASKED:
		_asked = _now()
		_latency = AudioServer.get_output_latency()
	return _latency


static func _now() -> float:
	return Time.get_ticks_usec() / 1e6
