// The characters' voices: hands packets to the output, knows where the listener is, and reports it to the server.

import { Events } from "./events.js";
import { SilentOutput } from "./output.js";

const REPORT_SECONDS = 0.25;
const ROOM_SECONDS = 0.25; // a room still rings this long after the speaker falls silent
const STALE_SECONDS = 0.06; // three reports: to go on without them would run ahead of a stalled audio thread
const STARVED_SECONDS = 0.25; // an underrun longer than this is no stutter: the mouth comes to rest
const KEPT_COMMANDS = 500;
const KEPT_CANCELLED = 64; // long gone are those before

/**
 * Events: "started", "position", "held", "finished", "interrupted", "dry" (`late`: an underrun), each {reply, at, late}.
 * `report(reply, state, at)` is called with what the wire's `playback` wants. Positions are samples of the reply.
 */
export class Voice extends Events {
  constructor(output, rate, report) {
    super();
    Object.assign(this, { output, rate, report });
    this.tell = null;
    this.kept = []; // commands given before anything was played
    this.current = null; // {reply, at, time, running}
    this.newest = -1;
    this.deaf = -1; // replies up to this one are silenced here, whatever still arrives for them
    this.settled = -1; // replies up to this one are past: their connection has gone
    this.cancelled = new Set();
    this.held = null; // the reply that the server has stopped in its place
    this.played = null; // {reply, at} of the latest that was played
    this.reported = 0;
    this.quietSince = -Infinity;
    this.total = 0;
    this.underruns = 0;
  }

  async open() {
    const { output } = this;
    const tell = await output.open(this.rate, (report) => output === this.output && this.#hear(report));
    if (output !== this.output) return; // fell silent meanwhile
    this.tell = tell;
    for (const command of this.kept) tell(command);
  }

  /** Nothing comes out of the output, nor ever has: go on without a sound, in the same time. */
  fallSilent() {
    this.output.close();
    this.output = new SilentOutput(this.output.rate);
    this.tell = null;
    return this.open();
  }

  /** From now on `reply` may speak. */
  expect(reply) {
    this.newest = Math.max(this.newest, reply);
  }

  add({ reply, time, samples }) {
    this.expect(reply);
    if (!this.refuses(reply)) this.#tell({ do: "voice", reply, time, samples });
  }

  /** A line was announced: there will be voice until `end`. */
  announce(reply, end) {
    if (!this.refuses(reply)) this.#tell({ do: "announce", reply, end });
  }

  end(reply, samples) {
    if (!this.refuses(reply)) this.#tell({ do: "end", reply, samples });
  }

  /** Stop `reply` in its place until `release` or `cancel`. */
  hold(reply) {
    if (this.refuses(reply)) return;
    this.held = reply;
    this.#tell({ do: "hold", reply });
  }

  /** Go on where `hold` stopped. */
  release(reply) {
    if (this.held === reply) this.held = null;
    this.#tell({ do: "release", reply });
  }

  cancel(reply) {
    this.cancelled.add(reply);
    if (this.held === reply) this.held = null;
    if (this.cancelled.size > KEPT_CANCELLED) this.cancelled.delete(this.cancelled.values().next().value);
    if (this.current?.reply === reply) this.#silent();
    this.#tell({ do: "drop", reply });
  }

  /** Silence everything that is known so far, at once and without asking the server. */
  hush() {
    this.deaf = this.newest;
    this.cancelled.clear();
    this.held = null;
    this.#silent();
    this.#tell({ do: "drop", through: this.deaf });
  }

  /** Another connection: the replies of the one before are over, and it has been told how much was played. */
  settle() {
    this.hush();
    this.settled = this.newest;
  }

  /** A new session counts its replies from the start again. */
  forget() {
    this.hush();
    this.newest = this.deaf = this.settled = -1;
    this.played = null;
  }

  refuses(reply) {
    return reply <= this.deaf || reply > this.newest || this.cancelled.has(reply);
  }

  /** What the listener hears at this moment: {reply, at}, or null in silence. */
  position() {
    if (!this.current) return null;
    const { reply, at, time, running } = this.current;
    if (!running) return { reply, at };
    const since = Math.min(this.output.heard - time, STALE_SECONDS);
    return { reply, at: Math.max(0, at + since * this.rate) };
  }

  /** Whether nothing has come for so long that the character seems to have stopped. */
  get starved() {
    const stands = this.current !== null && !this.current.running && this.held !== this.current.reply;
    return stands && this.output.now - this.quietSince > STARVED_SECONDS;
  }

  /** Seconds from the mixer to the ear. */
  get latency() {
    return Math.max(0, this.output.now - this.output.heard);
  }

  /** Whether a character can be heard in the room, for the echo guard of the microphone. */
  get audible() {
    return Boolean(this.current?.running) || this.output.now - this.quietSince < ROOM_SECONDS;
  }

  #tell(command) {
    this.tell?.(command);
    this.kept = this.total ? [] : [...this.kept.slice(1 - KEPT_COMMANDS), command];
  }

  #silent() {
    if (this.current) this.quietSince = this.output.now;
    this.current = null;
  }

  #hear({ state, reply, at, time, late }) {
    this.#count(reply, at);
    const over = state === "finished" || state === "interrupted";
    if (over && this.current?.reply === reply) this.#silent();
    // The audio thread may report once more before it learns that a reply has been dropped.
    if (!over && this.refuses(reply)) return;
    if (!over) this.current = { reply, at, time, running: state !== "dry" && state !== "held" };
    if (state === "dry" || state === "held") this.quietSince = time;
    if (late) this.underruns += 1;
    this.#reportToServer(reply, state, at);
    this.emit(state, { reply, at, late });
  }

  #count(reply, at) {
    const before = this.played?.reply === reply ? this.played.at : 0;
    this.total += Math.max(0, at - before);
    if (this.#isOurs(reply)) this.played = { reply, at };
  }

  /** Whether `reply` is of this connection; the audio thread may still be with one before. */
  #isOurs(reply) {
    return reply > this.settled && reply <= this.newest;
  }

  #reportToServer(reply, state, at) {
    if (state === "dry" || !this.#isOurs(reply)) return;
    if (state === "started") this.reported = 0;
    if (state === "held") return this.report(reply, "position", at); // what is on its way to the ear sounds all the same
    if (state === "position") {
      if (at - this.reported < REPORT_SECONDS * this.rate) return;
      this.reported = at;
      at = Math.max(0, at - Math.round(this.latency * this.rate));
    }
    this.report(reply, state, at);
  }
}
