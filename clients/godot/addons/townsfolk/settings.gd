extends "calls.gd"
## What a session is set up with in the inspector, and how it introduces itself to the server.

const Wire := preload("wire.gd")

const CLIENT := "townsfolk-godot 0.1.0"

## Address of the server's websocket.
@export var url := "ws://127.0.0.1:8765/ws"
## Connect when the scene starts. Otherwise call [method open].
@export var autostart := true
@export_group("Player")
## Names the player across sessions: characters remember by it. 1 to 64 characters.
@export var player_id := "player"
## What characters may call the player.
@export var player_name := "traveller"
## BCP 47 tag of the language the player speaks; empty to have the server find out.
@export var language := ""
## How many times as long as usual characters wait for this player to go on, 0.5 to 4.
@export_range(0.5, 4.0, 0.1) var patience := 1.0
## The player has agreed to be looked at: faces and camera frames are taken, and never stored.
@export var camera := false
## The player has agreed that other players see their face and head move.
@export var double := false
@export_group("Media")
## Hertz of the characters' voices.
@export_enum("16000:16000", "24000:24000", "44100:44100", "48000:48000") var voice_rate := 24000
## Face frames a second.
@export_enum("30:30", "60:60") var face_rate := 60
## What the weights are of: ARKit's 52, MediaPipe's 52, the 15 visemes of Oculus, or VRM's 18 expressions.
## Take what the meshes have blend shapes for.
@export_enum("arkit", "mediapipe", "ovr", "vrm") var shapes := "arkit"


## The `hello` of a session with these characters.
func introduction(cast_ids: Array) -> Dictionary:
	return {
		"type": "hello",
		"protocol": Wire.PROTOCOL,
		"client": CLIENT,
		"player": {
			"id": player_id, "name": player_name, "language": language, "patience": patience,
			"camera": camera, "double": double,
		},
		"cast": cast_ids,
		"audio_out": {"rate": voice_rate},
		"face": {"format": "u8", "fps": face_rate, "shapes": shapes, "pose": true, "rest": true},
	}
