class_name TownsfolkLine
extends RefCounted
## One clause of a reply, with the time of each word. Times are seconds from the start of the reply; see
## [method TownsfolkNPC.reply_time].

## As shown, with its punctuation.
var text := ""
## When it begins and ends.
var start := 0.0
var end := 0.0
## Its words in time: {text: String, start: float, end: float}. Empty where the voice cannot tell.
var words: Array[Dictionary] = []


## From a `line` message whose times are samples at `rate` hertz.
static func from(message: Dictionary, rate: int) -> TownsfolkLine:
	var line := TownsfolkLine.new()
	line.text = message.text
	line.start = float(message.start) / rate
	line.end = float(message.end) / rate
	for word: Dictionary in message.words:
		var begin := float(word.get("start", 0)) / rate
		line.words.append({"text": word.get("text", ""), "start": begin, "end": float(word.get("end", 0)) / rate})
	return line
