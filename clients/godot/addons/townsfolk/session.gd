@icon("icons/session.svg")
class_name TownsfolkSession
extends "settings.gd"
## One player's connection to a Townsfolk server, shared by all [TownsfolkNPC]s of the game.
##
## It connects by itself, and when the network is lost it comes back and goes on with the conversations. A
## scene without one gets one with the settings below as soon as a [TownsfolkNPC] needs it.

## The connection changed: show it to the player. See [member state].
signal state_changed(state: State)
## The server answered. `resumed`: the conversations from before a lost connection go on.
signal connected(resumed: bool)
## Something that was sent was refused, or went wrong. `code` is one of the table in docs/protocol.md.
signal refused(code: String, message: String, hint: String)
## The ears noticed that the player `started` to speak, `paused`, `resumed`, `ended`, or that it was nothing
## (`ignored`) or no more than "uh-huh" (`aside`).
signal hearing(state: String, turn: int)
## What a character had said when the connection broke and the player has not heard.
signal missed(character: String, text: String)
## Every message of the server, as it came.
signal message_received(message: Dictionary)

## OFFLINE: not asked to connect, or ended by the server. CONNECTING: for the first time. CONNECTED: a new session. RECONNECTING: the
## network is lost, another attempt follows. RESUMED: back, as if nothing had happened. REFUSED: the server
## does not want this client; trying again would not help.
enum State { OFFLINE, CONNECTING, CONNECTED, RECONNECTING, RESUMED, REFUSED }

const Connection := preload("connection.gd")
const Context := preload("context.gd")

## Refusals that a later attempt may not meet.
const PASSING := ["busy", "closing", "not_ready", "hello_timeout", "slow_client"]
## Frames that a scene is given before it connects.
const SETTLING := 3
const GROUP := &"townsfolk_session"

var state := State.OFFLINE:
	set = _set_state
## The server's last `ready`; empty before the first.
var ready_message := {}
## Characters of the server's cast, by id: name, description, greeting.
var cast := {}
## The character that is meant by the player's voice.
var attending := ""

var _connection := Connection.new()
var _context := Context.new()
var _npcs: Array[TownsfolkNPC] = []
## Who speaks reply N.
var _speakers := {}
var _last_speaker: TownsfolkNPC
var _microphone: TownsfolkMicrophone


## The session of `node`'s game; one is made where there is none.
static func of(node: Node) -> TownsfolkSession:
	var found: TownsfolkSession = node.get_tree().get_first_node_in_group(GROUP)
	if found == null:
		found = TownsfolkSession.new()
		found.name = "TownsfolkSession"
		found.add_to_group(GROUP)
		node.get_tree().root.add_child.call_deferred(found)
	return found


func _enter_tree() -> void:
	add_to_group(GROUP)


func _ready() -> void:
	process_mode = PROCESS_MODE_ALWAYS # a paused game stays connected
	_connection.opened.connect(_say_hello)
	_connection.received.connect(_take)
	_connection.lost.connect(_lost)
	_connection.ended.connect(close)
	if autostart:
		_open_soon()


func _process(delta: float) -> void:
	if state != State.OFFLINE and state != State.REFUSED:
		_connection.poll(delta)


func _exit_tree() -> void:
	_connection.close()


## Connect now; comes back by itself from then on.
func open() -> void:
	_connection.url = url
	state = State.RECONNECTING if ready_message else State.CONNECTING
	_connection.open()


## Leave. [method open] within a few minutes goes on with the conversations.
func close() -> void:
	_connection.close()
	state = State.OFFLINE


## Whether messages reach the server now.
func is_open() -> bool:
	return state == State.CONNECTED or state == State.RESUMED


## Any message from docs/protocol.md. False where the connection is not there; what describes the world is
## remembered then and sent as soon as it is.
func send(message: Dictionary) -> bool:
	_context.note(message)
	if message.get("to") and message.type in ["attend", "greet", "say"]:
		attending = message.to
	return is_open() and _connection.send(message)


## A packet of the microphone; see [TownsfolkMicrophone].
func send_sound(packet: PackedByteArray) -> void:
	_connection.send_sound(packet)


## Whether a character can be heard just now.
func audible() -> bool:
	return _npcs.any(func(npc: TownsfolkNPC) -> bool: return npc.is_speaking())


## Whether reply `number` of `npc` may sound: what was answered before is said before.
func is_turn_of(number: int, npc: TownsfolkNPC) -> bool:
	return not _npcs.any(func(other: TownsfolkNPC) -> bool:
		return other != npc and other.reply_number() >= 0 and other.reply_number() < number)


func add_npc(npc: TownsfolkNPC) -> void:
	_npcs.append(npc)
	if is_open() and not cast.has(npc.character):
		open() # the cast is settled by hello


func remove_npc(npc: TownsfolkNPC) -> void:
	_npcs.erase(npc)


func set_microphone(microphone: TownsfolkMicrophone) -> void:
	_microphone = microphone


## When all characters of the scene are there, and its first frames are drawn: they may take as long as a server
## waits for a hello.
func _open_soon() -> void:
	for _frame in SETTLING:
		await get_tree().process_frame
	if state == State.OFFLINE:
		open()


func _say_hello() -> void:
	var hello := introduction(_npcs.map(func(npc: TownsfolkNPC) -> String: return npc.character))
	if _microphone:
		hello.audio_in = _microphone.format()
	if ready_message:
		hello.resume = ready_message.resume
		hello.played = _last_speaker.played() if is_instance_valid(_last_speaker) else null
	_connection.send(hello)


func _take(data: Variant) -> void:
	if data is String:
		var message := Wire.parse(data)
		if message:
			_take_message(message)
	elif ready_message:
		var packet := Wire.unpack(data, ready_message.blendshapes.size())
		var speaker: Variant = _speakers.get(packet.get("reply"))
		if is_instance_valid(speaker):
			speaker.take_packet(packet)


func _take_message(message: Dictionary) -> void:
	match message.type:
		"ready": _take_ready(message)
		"error": _take_error(message)
		"hearing": hearing.emit(message.state, message.turn)
		"reply", "rest": _take_speaker(message)
	message_received.emit(message)
	for npc in _npcs.duplicate():
		if is_instance_valid(npc) and npc.character == message.get("npc", message.get("to", npc.character)):
			npc.take(message)


func _take_ready(message: Dictionary) -> void:
	ready_message = message
	cast.clear()
	for npc: Dictionary in message.cast:
		cast[npc.get("id", "")] = npc
	attending = message.attending
	_connection.establish()
	_speakers.clear()
	state = State.RESUMED if message.resumed else State.CONNECTED
	for known in _context.again():
		_connection.send(known)
	connected.emit(message.resumed)
	for gap: Dictionary in message.missed:
		missed.emit(gap.get("npc", ""), gap.get("text", ""))


func _take_speaker(message: Dictionary) -> void:
	for npc in _npcs:
		if npc.character == message.npc:
			_speakers[message.reply] = npc
			if message.type == "reply":
				_last_speaker = npc


func _take_error(message: Dictionary) -> void:
	refused.emit(message.code, message.message, message.hint)
	if not message.fatal:
		return
	_connection.passing = message.code in PASSING
	if not _connection.passing:
		_connection.close()
		state = State.REFUSED


func _lost(_wait: float) -> void:
	state = State.RECONNECTING if ready_message else State.CONNECTING


func _set_state(value: State) -> void:
	if value != state:
		state = value
		state_changed.emit(value)
