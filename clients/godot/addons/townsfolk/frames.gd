extends RefCounted
## Face frames of one reply, or of one rest, looked at by the sample of the sound they belong to.

## Seconds that a frame stands in for those that are missing.
const AGAIN := 0.15

var _rows := {}
var _rate: float
var _fps: float
var _oldest := -1


func _init(rate: int, fps: int) -> void:
	_rate = rate
	_fps = fps


## Keep the rows of a packet whose first frame belongs to sample `time`.
func add(time: int, rows: Array[PackedFloat32Array]) -> void:
	var first := roundi(time * _fps / _rate)
	if _oldest < 0:
		_oldest = first
	for k in rows.size():
		_rows[first + k] = rows[k]


## The face at `sample`, blended between the two frames beside it; empty where none is near.
func at(sample: float) -> PackedFloat32Array:
	var exact := maxf(sample, 0.0) * _fps / _rate
	var number := floori(exact)
	for k in range(number, number - ceili(AGAIN * _fps) - 1, -1):
		if _rows.has(k):
			return _blend(_rows[k], _rows.get(number + 1, _rows[k]), exact - number)
	return PackedFloat32Array()


## Drop what lies before `sample` and can stand in for nothing after it.
func forget(sample: float) -> void:
	var keep := floori(sample * _fps / _rate) - ceili(AGAIN * _fps)
	while _oldest >= 0 and _oldest < keep:
		_rows.erase(_oldest)
		_oldest += 1


static func _blend(here: PackedFloat32Array, there: PackedFloat32Array, part: float) -> PackedFloat32Array:
	if here.size() != there.size():
		return here
	var mixed := here.duplicate()
	for i in mixed.size():
		mixed[i] = lerpf(here[i], there[i], part)
	return mixed
