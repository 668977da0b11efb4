extends RefCounted
## Messages and packets of docs/protocol.md, to and from what they are on the wire. Keeps nothing.

const PROTOCOL := 1
const VOICE := 1
const FACE := 2
const MICROPHONE := 16
const HEADER := 12
## Angles of a pose: head yaw, pitch, roll, left eye yaw, pitch, right eye yaw, pitch.
const ANGLES := 7

const _AUDIBLE := 1
const _FLOATS := 2
const _POSED := 4
const _FULL := 32767.0

## What the addon relies on in a message, so that everything behind [method parse] can trust its types.
const _FIELDS := {
	"ready": {
		"resume": "", "resumed": true, "missed": [], "cast": [], "attending": "",
		"blendshapes": [], "audio_out": {}, "face": {},
	},
	"hearing": {"state": "", "turn": 0},
	"heard": {"turn": 0, "to": "", "text": "", "final": true},
	"reply": {"reply": 0, "npc": ""},
	"line": {"reply": 0, "npc": "", "text": "", "start": 0, "end": 0, "words": []},
	"action": {"action": 0, "reply": 0, "npc": "", "verb": "", "at": 0, "parameters": {}},
	"feeling": {
		"reply": 0, "npc": "", "emotion": "", "intensity": 0.0, "valence": 0.0, "arousal": 0.0, "at": 0,
	},
	"beat": {"npc": "", "section": "", "hooks": []},
	"done": {"reply": 0, "npc": "", "text": "", "samples": 0},
	"rest": {"reply": 0, "npc": ""},
	"hold": {"reply": 0, "npc": ""},
	"release": {"reply": 0, "npc": ""},
	"cancel": {"reply": 0, "npc": "", "valid_through": 0, "reason": ""},
	"error": {"code": "", "message": "", "hint": "", "fatal": true},
}


## A message from the server; empty where its type is not known or a field is not what it should be.
static func parse(text: String) -> Dictionary:
	var json := JSON.new()
	if json.parse(text) != OK or not json.data is Dictionary:
		return {}
	var message: Dictionary = json.data
	var expected: Dictionary = _FIELDS.get(message.get("type", ""), {})
	for field: String in expected:
		var value: Variant = message.get(field)
		if expected[field] is int and value is float:
			message[field] = int(value)
		elif typeof(value) != typeof(expected[field]):
			return {}
	return {} if expected.is_empty() else message


## A packet from the server: kind, reply, time (samples), and its `pcm` (PCM16) or `rows` (one for each frame:
## its weights, then seven angles in degrees). Empty where it is not what its header says.
static func unpack(data: PackedByteArray, width: int) -> Dictionary:
	if data.size() < HEADER:
		return {}
	var packet := {"kind": data.decode_u8(0), "reply": data.decode_u32(4), "time": data.decode_u32(8)}
	if packet.kind == VOICE and data.size() % 2 == 0:
		packet.pcm = data.slice(HEADER)
		return packet
	if packet.kind == FACE:
		packet.rows = _rows(data, data.decode_u8(1), data.decode_u16(2), width)
		return packet if packet.rows else {}
	return {}


## What the microphone heard, mono in [-1, 1]; `time` counts its samples.
static func microphone(time: int, samples: PackedFloat32Array, audible: bool) -> PackedByteArray:
	var data := PackedByteArray()
	data.resize(HEADER + samples.size() * 2)
	data.encode_u8(0, MICROPHONE)
	data.encode_u8(1, _AUDIBLE if audible else 0)
	data.encode_u32(8, time & 0xFFFFFFFF)
	for i in samples.size():
		data.encode_s16(HEADER + i * 2, roundi(clampf(samples[i], -1.0, 1.0) * _FULL))
	return data


static func _rows(data: PackedByteArray, flags: int, count: int, width: int) -> Array[PackedFloat32Array]:
	var floats := bool(flags & _FLOATS)
	var angles := ANGLES if flags & _POSED else 0
	var weights := HEADER + count * angles * (4 if floats else 2)
	var rows: Array[PackedFloat32Array] = []
	if data.size() != weights + count * width * (4 if floats else 1):
		return rows
	for k in count:
		var row := PackedFloat32Array()
		row.resize(width + ANGLES)
		for i in width:
			var n := k * width + i
			row[i] = data.decode_float(weights + n * 4) if floats else data[weights + n] / 255.0
		for i in angles:
			var n := k * angles + i
			row[width + i] = data.decode_float(HEADER + n * 4) if floats else data.decode_s16(HEADER + n * 2) / 100.0
		rows.append(row)
	return rows
