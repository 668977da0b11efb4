// Whether the line is alive. Nothing tells a page that its network is dead while TCP still hopes, and it sees no pings
// of the websocket: so it asks by `ping` whenever nothing has come for a while, and counts how long nothing answers.

export const TICK = 500; // milliseconds between two looks
const ASK = 1000; // of silence before a `ping`, and between two: a server sends a voice far more often
const DEAD = 5000; // of silence while something is owed: five pings went unanswered, by no machine merely busy
const IDLE_DEAD = 12_000; // while nobody waits, and before `ready`: a tunnel, a server that is being started
// Time in which the page itself did not run (a sleeping laptop, a long task) says nothing about the line.
const LONGEST_TICK = 2 * TICK;

/** Milliseconds in, verdicts out. */
export class Pulse {
  constructor(now) {
    this.looked = now;
    this.quiet = 0;
    this.asked = 0;
  }

  /** Something came. */
  heard() {
    this.quiet = this.asked = 0;
  }

  /** What to do at `now`: "ask", "give up", or null. `open`: the session is `ready`. */
  look(now, open, owed) {
    this.quiet += Math.min(now - this.looked, LONGEST_TICK);
    this.looked = now;
    if (this.quiet > (open && owed ? DEAD : IDLE_DEAD)) return "give up";
    if (!open || this.quiet - this.asked < ASK) return null;
    this.asked = this.quiet;
    return "ask";
  }
}
