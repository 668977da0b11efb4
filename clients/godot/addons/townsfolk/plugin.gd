@tool
extends EditorPlugin
## Registers nothing: the nodes are global classes. It only makes the microphone work, which Godot keeps
## switched off in a new project.

const MICROPHONE := "audio/driver/enable_input"


func _enable_plugin() -> void:
	ProjectSettings.set_setting(MICROPHONE, true)
	ProjectSettings.save()
