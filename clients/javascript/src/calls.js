// What a client may tell the server, one method a message (docs/protocol.md, "From client to server").

import { Events } from "./events.js";

/**
 * Each method returns whether the message was sent: false while there is no connection.
 * What the server does not like it answers with an "error" event; nothing throws.
 */
export class Calls extends Events {
  /** The player says this, typed. Whoever speaks falls silent at once. */
  say(text, to = null) {
    return this.ask({ type: "say", text, to });
  }

  /** The player comes up to a character, who speaks first. */
  greet(to) {
    return this.ask({ type: "greet", to });
  }

  /** From now on the player's voice is meant for this character. */
  attend(to) {
    return this.send({ type: "attend", to });
  }

  /** What is around: {replace, entities, gone, attention, setting}. */
  scene(scene) {
    return this.send({ type: "scene", ...scene });
  }

  /** Something happens: one sentence; `more` is {run, to, source}. */
  event(text, more = {}) {
    return this.send({ type: "event", text, ...more });
  }

  /** What characters can do from now on. */
  actions(verbs) {
    return this.send({ type: "actions", verbs });
  }

  /** How the action of this number ended: `text` is what came of it, in a sentence. */
  result(action, ok, text = "") {
    return this.send({ type: "result", action, ok, text });
  }

  /** Facts of the game that stories depend on. */
  variables(values) {
    return this.send({ type: "variables", values });
  }

  /** Where something is for the eyes of `npc`: metres to its own left, up, ahead. */
  place(npc, id, position) {
    return this.send({ type: "place", npc, id, position });
  }

  /** Direct a face: {emotion, intensity, look}. */
  direct(npc, direction) {
    return this.send({ type: "direct", npc, ...direction });
  }

  /** What camera or headset know of the player: {present, distance, looks_at, expression, intensity, gesture, target}. */
  perceive(seen) {
    return this.send({ type: "perceive", ...seen });
  }

  /** Show the face of another player of this server, if they agree to it: `message` events of type "double" announce it. */
  watch(player) {
    return this.send({ type: "watch", player });
  }
}
