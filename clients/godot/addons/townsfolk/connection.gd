extends RefCounted
## The websocket. Opens, and comes back by itself when it breaks, ever more slowly.

## A socket is open; it is time to say hello.
signal opened
## Text or bytes came.
signal received(data: Variant)
## The server has ended the session, and wants nobody back.
signal ended
## The connection broke; another attempt follows in `wait` seconds.
signal lost(wait: float)

## Seconds before the first attempt to come back, and at most between two.
const FIRST_WAIT := 0.25
const LONGEST_WAIT := 5.0
## Seconds that an attempt may take until the server has answered the hello.
const OPENING := 10.0
## Seconds without a packet after which the server is asked for one, and after which the network counts as lost,
## though no end was told: faces between replies come five times a second, and five questions went unanswered.
const ASK := 1.0
const SILENCE := 5.0
## A frame that took longer (a level was loaded) says nothing about the network.
const FRAME := 0.5
## Bytes kept for a game that does not look for a while: over a minute of a voice and its face.
const INBOUND := 1 << 22
const OUTBOUND := 1 << 20
## Bytes of microphone that may wait to be sent: some three seconds. What is older helps nobody.
const CLOGGED := 300_000
## Close code of a server that has ended the session.
const NORMAL := 1000

var url: String
## Whether hello has been answered; set by the session.
var established := false
## Whether the server has said that a later attempt may be welcome, however it closes now.
var passing := false

var _socket: WebSocketPeer
var _next_wait := FIRST_WAIT
## Seconds until the next attempt.
var _wait := INF
## Seconds since something came, or since the attempt began.
var _quiet := 0.0
## Of these, when the server was last asked.
var _asked := 0.0
var _greeted := false


## Connect now. What was open is dropped.
func open() -> void:
	_drop()
	_socket = WebSocketPeer.new()
	_socket.inbound_buffer_size = INBOUND
	_socket.outbound_buffer_size = OUTBOUND
	if _socket.connect_to_url(url) != OK:
		_broken()


## Close for good, until [method open].
func close() -> void:
	_drop()
	_wait = INF


## The hello was answered: from now on, waits begin anew.
func establish() -> void:
	established = true
	_next_wait = FIRST_WAIT


func poll(delta: float) -> void:
	if _socket == null:
		_wait -= delta
		if _wait <= 0.0:
			open()
		return
	_quiet += minf(delta, FRAME)
	_socket.poll()
	_read()
	if established and _quiet - _asked >= ASK:
		_asked = _quiet
		send({"type": "ping", "at": Time.get_ticks_msec()})
	if _socket == null:
		return
	if _socket.get_ready_state() == WebSocketPeer.STATE_CLOSED:
		_closed(_socket.get_close_code())
	elif _overdue():
		_broken()


## False when there is nobody to send it to.
func send(message: Dictionary) -> bool:
	if _socket == null or _socket.get_ready_state() != WebSocketPeer.STATE_OPEN:
		return false
	return _socket.send_text(JSON.stringify(message)) == OK


func send_sound(packet: PackedByteArray) -> void:
	if established and _socket and _socket.get_current_outbound_buffered_amount() < CLOGGED:
		_socket.send(packet)


func _read() -> void:
	if _socket.get_ready_state() == WebSocketPeer.STATE_OPEN and not _greeted:
		_greeted = true
		opened.emit()
	# What is received may close the connection.
	while _socket and _socket.get_available_packet_count():
		var data := _socket.get_packet()
		_quiet = 0.0
		_asked = 0.0
		received.emit(data.get_string_from_utf8() if _socket.was_string_packet() else data)


func _overdue() -> bool:
	return _quiet > (SILENCE if established else OPENING)


func _closed(code: int) -> void:
	if code != NORMAL or passing or not established:
		_broken()
		return
	close()
	ended.emit()


func _broken() -> void:
	_drop()
	_wait = _next_wait
	_next_wait = minf(_next_wait * 2.0, LONGEST_WAIT)
	lost.emit(_wait)


func _drop() -> void:
	if _socket:
		_socket.close()
	_socket = null
	established = false
	passing = false
	_greeted = false
	_quiet = 0.0
	_asked = 0.0
