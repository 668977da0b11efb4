// What is said and seen: takes what the server sends, and knows at any moment what the player hears.

import { Activity } from "./activity.js";
import { Cues, wordsOf } from "./cues.js";
import { Faces } from "./faces.js";
import { voiceRate } from "./sound.js";
import { Voice } from "./voice.js";

const HEARD = ["started", "position", "held", "dry", "finished", "interrupted"];
// What is passed on under its own name: an "action" waits for its moment, and anything newer comes as "message" alone.
const PASSED = ["ready", "hearing", "heard", "reply", "line", "beat", "done", "cancel", "hold", "release", "rest", "error"];

/** `emit(type, detail)` tells the client's listeners, `report(reply, state, at)` the server what was played. */
export class Conversation {
  constructor(output, emit, report) {
    this.emit = emit;
    this.faces = null;
    this.cues = new Cues(emit);
    this.voice = new Voice(output, voiceRate(output.rate), report);
    for (const state of HEARD) this.voice.on(state, (told) => this.#heard(state, told));
    this.activity = new Activity(emit);
  }

  /** The id of the character that can be heard, or null. */
  get speaker() {
    return this.faces?.owners.get(this.voice.position()?.reply) ?? null;
  }

  /** Whether the server has to send something now. */
  get waits() {
    return this.activity.thinking !== null || this.voice.starved;
  }

  /** The face of `npc` at this moment, or null. */
  frame(npc) {
    if (!this.faces || npc === null) return null;
    const place = this.voice.position();
    const silent = place === null || place.reply === this.voice.held || this.voice.starved;
    return this.faces.sample(npc, silent ? null : place.reply, silent ? 0 : place.at);
  }

  hush() {
    this.voice.hush();
    this.activity.hush();
  }

  /** A message that is not as it should be is told of, and the next one is taken. */
  take(message) {
    try {
      this.#read(message);
    } catch (error) {
      const hint = "Are server and client of one version?";
      this.fault("bad_server", `\`${message.type}\` could not be read: ${error.message}`, hint);
    }
    if (PASSED.includes(message.type)) this.emit(message.type, message);
    this.emit("message", message);
  }

  packet(packet) {
    if (packet.type === "voice") this.voice.add(packet);
    else if (this.faces?.resting(packet.reply) || !this.voice.refuses(packet.reply)) this.faces?.add(packet);
    this.emit("packet", packet);
  }

  /** An error of our own, told as those of the server are. */
  fault(code, message, hint = "") {
    this.emit("error", { type: "error", code, message, hint, fatal: false });
  }

  #read(message) {
    const { type, reply } = message;
    if (type === "ready") this.#begin(message);
    else if (type === "hearing") this.activity.hearing(message);
    else if (type === "reply") this.#reply(message);
    else if (type === "line") this.#line(message);
    else if (type === "action" || type === "feeling") this.#cue(message);
    else if (type === "done") this.voice.end(reply, message.samples);
    else if (type === "hold") this.voice.hold(reply);
    else if (type === "release") this.voice.release(reply);
    else if (type === "cancel") this.#cancel(message);
    else if (type === "rest") this.faces.rest(message);
    else if (type === "error") this.activity.refused();
  }

  #begin(ready) {
    this.faces = new Faces(ready, () => this.voice.output.now);
    if (ready.resumed) this.voice.settle();
    else this.voice.forget();
    this.cues.clear();
    this.activity.clear();
  }

  #reply({ reply, npc }) {
    this.voice.expect(reply);
    this.faces.begin({ reply, npc });
    this.activity.begin(reply);
  }

  #line(line) {
    const { reply, npc, index } = line;
    if (this.voice.refuses(reply)) return;
    this.voice.announce(reply, line.end);
    for (const word of wordsOf(line)) this.cues.add("word", reply, word.start, { ...word, reply, npc, line: index });
  }

  #cue(message) {
    if (message.reply === 0) this.emit(message.type, message); // between replies
    else this.cues.add(message.type, message.reply, message.at, message);
  }

  #cancel({ reply, valid_through: through }) {
    this.voice.cancel(reply);
    this.faces.drop(reply);
    this.cues.cancel(reply, through);
    this.activity.end(reply);
  }

  #heard(state, { reply, at, late }) {
    const npc = this.faces?.owners.get(reply) ?? null;
    const over = state === "finished" || state === "interrupted";
    if (state === "started") this.activity.start(reply);
    if (state === "finished") this.cues.reach(reply, Infinity);
    else if (!over) this.cues.reach(reply, this.voice.position()?.at ?? at);
    if (over) {
      this.activity.end(reply);
      this.faces?.drop(reply);
    }
    this.emit("playback", { reply, npc, state, at, late });
  }
}
