// What the session says, on the page: captions, notices, who can be heard, how long an answer took.

import { notice, showActivity, showLink } from "./panels.js";
import { showWaterfall } from "./waterfall.js";

const find = (id) => document.getElementById(id);

export class Talk {
  /** `nameOf(id)` is what a character is called. */
  constructor(session, nameOf, captions, told) {
    Object.assign(this, { session, nameOf, captions, told });
    this.speaker = null; // the id of whoever can be heard
    this.asked = null; // when the player's question ended, in milliseconds of the page
    this.#connection();
    this.#player();
    this.#characters();
  }

  /** The player has said something: the wait begins. */
  ask() {
    this.asked = performance.now();
  }

  show() {
    const { activity, microphone } = this.session;
    this.told.activity = activity;
    showActivity(activity, { free: microphone.handsFree, held: microphone.held });
  }

  #connection() {
    const { captions, told } = this;
    this.session
      .on("state", (state) => this.#state(state))
      .on("missed", ({ npc, text }) => {
        told.missed.push(text);
        captions.aside(`You missed what ${this.nameOf(npc)} said next: “${text}”`, "missed");
      })
      .on("error", ({ code, message, hint }) => {
        told.errors.push(code);
        notice(message, hint);
      });
  }

  #state(state) {
    this.told.state = state.state;
    this.told.resumed = state.resumed;
    if (state.state !== "connected") {
      this.captions.breakOff();
      this.speaker = null;
    }
    showLink(state);
  }

  #player() {
    const { captions, told } = this;
    this.session
      .on("activity", () => this.show())
      .on("hearing", ({ state, turn }) => (state === "ignored" || state === "aside") && captions.withdraw(turn))
      .on("heard", ({ turn, text, final }) => {
        if (final) this.asked ??= performance.now();
        captions.player(turn, text, final);
      })
      .on("done", ({ latency, text }) => {
        told.text = text;
        showWaterfall(find("waterfall"), latency, told.waited ?? null);
      })
      .on("level", (peak) => find("hold").style.setProperty("--level", Math.min(1, Math.sqrt(peak)).toFixed(2)));
  }

  #characters() {
    const { captions, told, nameOf } = this;
    this.session
      .on("reply", ({ reply, npc }) => captions.begin(reply, nameOf(npc)))
      .on("word", (word) => {
        told.words += 1;
        told.line = captions.word(word);
      })
      .on("feeling", ({ npc, emotion }) => (told.feeling = { npc, emotion }))
      .on("playback", (heard) => this.#heard(heard));
  }

  #heard({ reply, npc, state }) {
    const over = state === "finished" || state === "interrupted";
    if (!over) this.speaker = npc;
    else if (this.speaker === npc) this.speaker = null;
    if (state === "started") {
      this.told.waited = this.asked === null ? null : performance.now() - this.asked;
      this.asked = null;
    }
    if (over) this.captions.end(reply, state === "finished");
    if (state === "finished") this.told.finished = reply;
  }
}
