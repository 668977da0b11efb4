extends Node3D
## An innkeeper to talk to, with a lamp that she can light when she is asked to.

const STATES := ["offline", "connecting", "connected", "reconnecting", "resumed", "refused"]
const LIT := 0.35

const VERBS: Array[Dictionary] = [
	{
		"name": "light", "description": "light a lamp", "targets": ["lamp"], "needs": {"lit": false},
		"examples": ["Light the lamp, please.", "It is too dark in here.", "Could we have some light?"],
	},
	{
		"name": "douse", "description": "put a lamp out", "targets": ["lamp"], "needs": {"lit": true},
		"examples": ["Put the lamp out.", "Turn off the light.", "It is too bright in here."],
	},
]

@onready var session: TownsfolkSession = $TownsfolkSession
@onready var npc: TownsfolkNPC = $Innkeeper/TownsfolkNPC
@onready var microphone: TownsfolkMicrophone = $TownsfolkMicrophone
@onready var lamp: OmniLight3D = $Lamp


func _enter_tree() -> void:
	for argument in OS.get_cmdline_user_args():
		if argument.begins_with("--server="):
			$TownsfolkSession.url = argument.trim_prefix("--server=")


func _ready() -> void:
	session.state_changed.connect(func(state: int) -> void: $Screen/Status.text = STATES[state])
	session.refused.connect(func(_code: String, message: String, hint: String) -> void:
		$Screen/Status.text = "%s %s" % [message, hint])
	npc.heard.connect(func(text: String, _final: bool) -> void: $Screen/Heard.text = text)
	npc.said.connect(func(line: TownsfolkLine) -> void: $Screen/Caption.text = line.text)
	npc.missed.connect(_on_missed)
	npc.action.connect(_on_action)
	$Screen/Row/Words.text_submitted.connect(_on_words)
	$Screen/Row/Talk.button_down.connect(microphone.talk.bind(true))
	$Screen/Row/Talk.button_up.connect(microphone.talk.bind(false))
	session.actions(VERBS)
	_tell_lamp()


func _on_words(text: String) -> void:
	$Screen/Row/Words.clear()
	if text and npc.say(text):
		$Screen/Heard.text = text
		$Screen/Missed.hide()


func _on_action(number: int, verb: String, _target: String, _parameters: Dictionary) -> void:
	lamp.light_energy = LIT if verb == "light" else 0.0
	npc.result(number)
	_tell_lamp()


func _on_missed(text: String) -> void:
	$Screen/Missed.text = "You missed: " + text
	$Screen/Missed.show()


func _tell_lamp() -> void:
	var what := {"id": "lamp", "kind": "lamp", "name": "the lamp on the counter", "state": {"lit": lamp.light_energy > 0}}
	session.scene([what], true, {"setting": "the inn, at dusk"})
