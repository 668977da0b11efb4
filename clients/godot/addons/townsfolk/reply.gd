extends RefCounted
## One reply as it comes in: its sound, its face, and what happens at which sample of it.

const Frames := preload("frames.gd")

## Samples kept beyond what is played: two minutes at 48 kHz. A server sends a fraction of a second ahead.
const MOST := 120 * 48000

var number: int
## Hertz; the unit of every time in a reply.
var rate: int
## PCM16, from its first sample on.
var pcm := PackedByteArray()
var frames: Frames
## Samples in all; -1 until the server is done.
var total := -1
## All of it, as shown; empty until the server is done.
var text := ""

## Lines, actions and feelings that are still to come, in order of their `at`.
var _cues: Array[Dictionary] = []


func _init(its_number: int, its_rate: int, fps: int) -> void:
	number = its_number
	rate = its_rate
	frames = Frames.new(rate, fps)


## Samples that are here.
func samples() -> int:
	return pcm.size() / 2


## Whether all of it is here.
func complete() -> bool:
	return total >= 0


## Keep a packet of voice: a gap before it is silence, what is here already is not taken twice.
func add_voice(time: int, data: PackedByteArray) -> void:
	if time + data.size() / 2 > MOST:
		return
	if time > samples():
		pcm.resize(time * 2)
	pcm.append_array(data.slice((samples() - time) * 2))


## Keep a message that belongs to sample `at`.
func add_cue(message: Dictionary, at: int) -> void:
	var place := _cues.size()
	while place > 0 and _cues[place - 1].at > at:
		place -= 1
	_cues.insert(place, {"at": at, "message": message})


## Messages whose sample has come, each once.
func due(sample: int) -> Array[Dictionary]:
	var come: Array[Dictionary] = []
	while _cues and _cues[0].at <= sample:
		come.append(_cues.pop_front().message)
	return come
