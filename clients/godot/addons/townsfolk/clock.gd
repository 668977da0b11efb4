extends RefCounted
## Which sample the ear hears: the one that was mixed one output latency ago.

## Readings kept; at 60 frames a second, over a second, and no device is that late.
const KEPT := 80

var _times := PackedFloat64Array()
var _samples := PackedInt64Array()


## Begin anew at `sample`.
func reset(sample: int) -> void:
	_times = PackedFloat64Array([0.0])
	_samples = PackedInt64Array([sample])


## At second `now`, the mixer had taken all before `sample`.
func note(now: float, sample: int) -> void:
	_times.append(now)
	_samples.append(sample)
	if _times.size() > KEPT:
		_times.remove_at(0)
		_samples.remove_at(0)


## The sample that was mixed at second `then`.
func read(then: float) -> int:
	var after := _times.bsearch(then)
	if after == 0:
		return _samples[0]
	if after == _times.size():
		return _samples[-1]
	var part := inverse_lerp(_times[after - 1], _times[after], then)
	return floori(lerpf(_samples[after - 1], _samples[after], part))
