// What is known of each reply: whose it is, what was waited for it, how far it was heard.

const KEPT = 60;

export class Replies {
  constructor() {
    this.clear();
  }

  clear() {
    this.all = new Map();
    this.last = null;
    this.asked = null;
    this.from = "";
  }

  /** The player has typed, let go of the key, or come up: the wait begins. `from` says which, for the read-out. */
  ask(from = "heard after") {
    this.asked = performance.now();
    this.from = from;
  }

  begin({ reply, npc, turn }) {
    const { asked, from } = this;
    const waits = { asked, from: asked === null ? "heard after" : from, arrived: null, started: null, latency: null };
    const made = { reply, npc, turn: turn ?? null, ...waits, text: "", samplesPlayed: 0, finished: false };
    this.asked = null;
    this.all.set(reply, made);
    this.last = made;
    while (this.all.size > KEPT) this.all.delete(this.all.keys().next().value);
  }

  get(reply) {
    return this.all.get(reply);
  }

  /** Its first sound has come. */
  arrive(number) {
    const reply = this.all.get(number);
    if (reply) reply.arrived ??= performance.now();
  }

  /** The mixer has begun it; the ear hears it about now. */
  start(number) {
    this.note(number, { started: performance.now() });
  }

  note(number, known) {
    const reply = this.all.get(number);
    if (reply) Object.assign(reply, known);
  }

  /**
   * Milliseconds from the player's end to the first sound at the ear, or null. Where the page saw the end itself (a
   * typed line, a released key) it is measured here; hands-free, only the server knows when the player fell silent.
   */
  static wait({ asked, arrived, started, latency }) {
    if (started === null) return null;
    if (asked !== null) return started - asked;
    return latency && arrived !== null ? latency.total + started - arrived : null;
  }
}
