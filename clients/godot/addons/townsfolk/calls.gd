extends Node
## What a game can tell a server: one call for each message. Each gives false where it could not be sent.


## The player says this, typed instead of spoken, to a character or to the one that is attended. False where
## nobody can hear it.
func say(text: String, to := "") -> bool:
	return send(_to({"type": "say", "text": text}, to))


## Be quiet: ends the reply under way.
func interrupt() -> bool:
	return send({"type": "interrupt"})


## Push to talk: true when the key goes down, false when it comes up, null for hands-free from now on.
func talk(down: Variant) -> bool:
	return send({"type": "talk", "down": down})


## What is around: entities as in docs/protocol.md (`id`, `kind`, `name`, `state`, `position` ...). With
## `replace`, everything else is gone. `more`: `gone`, `attention`, `setting`.
func scene(entities: Array, replace := true, more := {}) -> bool:
	return send({"type": "scene", "entities": entities, "replace": replace}.merged(more))


## Something happens: one sentence. `more`: `run` (true, false or "auto"), `to`, `source`.
func event(text: String, more := {}) -> bool:
	return send({"type": "event", "text": text}.merged(more))


## What characters can do from now on: verbs as in docs/protocol.md (`name`, `description`, `examples` ...).
func actions(verbs: Array) -> bool:
	return send({"type": "actions", "verbs": verbs})


## How an action ended, and what came of it in a sentence that the character knows from then on.
func result(action: int, ok := true, text := "") -> bool:
	return send({"type": "result", "action": action, "ok": ok, "text": text})


## Facts of the game that stories and templates depend on, by name.
func variables(values: Dictionary) -> bool:
	return send({"type": "variables", "values": values})


## What the game's camera or headset knows of the player: `present`, `distance` (metres), `looks_at`,
## `expression`, `intensity`, `gesture`, `target`. What is absent stays as it was.
func perceive(known: Dictionary) -> bool:
	return send({"type": "perceive"}.merged(known))


## Shows the face of another player of this server, if they agree to it.
func watch(player: String) -> bool:
	return send({"type": "watch", "player": player})


## Any message from docs/protocol.md. False where the connection is not there.
func send(_message: Dictionary) -> bool:
	return false


static func _to(message: Dictionary, to: String) -> Dictionary:
	return message.merged({"to": to}) if to else message
