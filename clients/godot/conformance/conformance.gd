extends Node
## For `townsfolk conformance`: two characters play what comes beside an open microphone, and the game ends when
## the server closes.

@onready var session: TownsfolkSession = $TownsfolkSession


func _enter_tree() -> void:
	var url := OS.get_environment("TOWNSFOLK_URL")
	for argument in OS.get_cmdline_args() + OS.get_cmdline_user_args():
		url = argument.trim_prefix("--server=") if argument.contains("ws://") else url
	$TownsfolkSession.url = url


func _ready() -> void:
	session.state_changed.connect(_on_state)


func _on_state(state: TownsfolkSession.State) -> void:
	if state == TownsfolkSession.State.OFFLINE or state == TownsfolkSession.State.REFUSED:
		get_tree().quit()
