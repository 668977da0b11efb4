extends RefCounted
## One character's replies, one after the other: their sound, their face, and what happens in them.

## A line, an action or a feeling whose moment has come.
signal cue(message: Dictionary)
## How far a reply has been played, to be told to the server: `started`, `position`, `finished`, `interrupted`.
signal reached(reply: Reply, state: String, at: int)

const Face := preload("face.gd")
const Frames := preload("frames.gd")
const Reply := preload("reply.gd")
const Voice := preload("voice.gd")

## Seconds between two reports of the position.
const REPORT := 0.25

var voice: Voice
var face := Face.new()
## Hertz and frames a second, as `ready` says.
var rate := 24000
var fps := 60
## Told a reply's number: whether it may sound now, as far as other characters are concerned.
var may_begin := func(_number: int) -> bool: return true

## Replies that have not been played to their end, in their order.
var _replies: Array[Reply] = []
var _played := {}
var _started := false
var _reported := 0
## The face between replies, and when its times began (seconds).
var _rest: Frames
var _rest_number := 0
var _rest_begun := 0.0


## The reply under way; null between replies.
func current() -> Reply:
	return _replies[0] if _replies else null


## The last reply and how much of it will have been heard: `played` of a later hello. Null before the first.
func played() -> Variant:
	var reply := current()
	if reply:
		_played = {"reply": reply.number, "at": reply.total if reply.complete() else _at(reply)}
	return _played if _played else null


## A message about this character.
func take(message: Dictionary) -> void:
	match message.type:
		"reply": _replies.append(Reply.new(message.reply, rate, fps))
		"line": _time(message, message.start)
		"action", "feeling": _time(message, message.at)
		"hold", "release": _hold(message.reply, message.type == "hold")
		"cancel": _cancel(message.reply, message.valid_through)
		"rest": _begin_rest(message.reply)
		"done": _complete(message)


## A packet of voice or face of this character.
func take_packet(packet: Dictionary) -> void:
	var reply := _find(packet.reply)
	if packet.has("pcm") and reply:
		reply.add_voice(packet.time, packet.pcm)
	elif packet.has("rows") and reply:
		reply.frames.add(packet.time, packet.rows)
	elif packet.has("rows") and packet.reply == _rest_number and _rest:
		_rest.add(packet.time, packet.rows)


## Another connection: what was not all here goes on no more.
func reconnected() -> void:
	played()
	for reply: Reply in _replies.filter(func(reply: Reply) -> bool: return not reply.complete()):
		_drop(reply)
	_rest = null


## Once a frame.
func step(delta: float) -> void:
	var reply := current()
	if reply and voice.reply != reply and may_begin.call(reply.number):
		voice.begin(reply)
		_started = false
		_reported = 0
	voice.step(delta)
	if voice.reply:
		_follow(voice.reply, voice.heard())
	_show(delta)


func _follow(reply: Reply, at: int) -> void:
	for message in reply.due(at):
		cue.emit(message)
	reply.frames.forget(at)
	if at > 0 and not _started:
		_started = true
		reached.emit(reply, "started", at)
	elif at - _reported >= REPORT * reply.rate and not voice.held:
		_reported = at
		reached.emit(reply, "position", at)
	if voice.over():
		_played = {"reply": reply.number, "at": at}
		_drop(reply)
		reached.emit(reply, "finished", at)


func _show(delta: float) -> void:
	var row := PackedFloat32Array()
	var source := 0
	if voice.begun() and not voice.held:
		row = voice.reply.frames.at(voice.heard())
		source = voice.reply.number
	elif _rest:
		var sample := (_now() - _rest_begun) * rate
		row = _rest.at(sample)
		source = _rest_number
		_rest.forget(sample)
	face.show(row, source if row else 0, delta)


func _time(message: Dictionary, at: int) -> void:
	var reply := _find(message.reply)
	if reply:
		reply.add_cue(message, at)
	else:
		cue.emit(message)


func _hold(number: int, held: bool) -> void:
	if voice.reply and voice.reply.number == number:
		voice.held = held
		if held:
			reached.emit(voice.reply, "position", voice.mixed())


## What the server takes for begun is done; the rest is void.
func _cancel(number: int, valid_through: int) -> void:
	var reply := _find(number)
	if reply == null:
		return
	for message in reply.due(valid_through):
		if message.type == "action":
			cue.emit(message)
	var at := _at(reply)
	_played = {"reply": number, "at": at}
	_drop(reply)
	reached.emit(reply, "interrupted", at)


func _complete(message: Dictionary) -> void:
	var reply := _find(message.reply)
	if reply:
		reply.total = message.samples
		reply.text = message.text


func _drop(reply: Reply) -> void:
	if voice.reply == reply:
		voice.stop()
	_replies.erase(reply)


func _begin_rest(number: int) -> void:
	_rest = Frames.new(rate, fps)
	_rest_number = number
	_rest_begun = _now()


func _at(reply: Reply) -> int:
	return voice.mixed() if voice.reply == reply else 0


func _find(number: int) -> Reply:
	for reply in _replies:
		if reply.number == number:
			return reply
	return null


static func _now() -> float:
	return Time.get_ticks_usec() / 1e6
