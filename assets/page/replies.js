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
