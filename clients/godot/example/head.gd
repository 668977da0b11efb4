extends Node3D
## The innkeeper's head: innkeeper.glb where it lies beside this script, else a plain one made here.

const MODEL := "res://example/innkeeper.glb"
const Plain := preload("plain_head.gd")
## Metres from the model's origin up to where the plain head has its middle.
const EYES := 0.28


func _enter_tree() -> void:
	if not FileAccess.file_exists(MODEL) and not ResourceLoader.exists(MODEL):
		add_child(Plain.make())
		return
	var model := _model()
	model.position.y = -EYES
	add_child(model)
	$TownsfolkNPC.head = model.find_child("head", true, false)


## Imported by the editor, or read as it is where no editor has seen it.
static func _model() -> Node3D:
	if ResourceLoader.exists(MODEL):
		return load(MODEL).instantiate()
	var document := GLTFDocument.new()
	var state := GLTFState.new()
	var read := document.append_from_buffer(FileAccess.get_file_as_bytes(MODEL), "", state)
	return document.generate_scene(state) if read == OK else Plain.make()
