// The character's voice: hands packets to the audio thread, knows where the listener is, and reports it to the server.

import { Mixer } from "./mixer.js";

const REPORT_SECONDS = 0.25;
const ROOM_SECONDS = 0.25; // a room still rings this long after the speaker falls silent

/**
 * Events: "started", "held", "finished", "interrupted", "dry" (an underrun), each {reply, at}. `report(reply, state, at)` is
 * called with what the wire's `playback` message wants. All positions are samples of the reply at `rate`.
 */
export class Player extends EventTarget {
  constructor(context, rate, report) {
    super();
    this.context = context;
    this.rate = rate;
    this.report = report;
    this.tell = null;
    this.waiting = []; // commands given before the audio thread is there
    this.current = null; // {reply, at, time, running}
    this.newest = -1;
    this.deaf = -1; // replies up to this one are silenced here, whatever still arrives for them
    this.cancelled = new Set();
    this.held = null; // the reply that the server has stopped in its place
    this.played = { reply: -1, at: 0 };
    this.reported = 0;
    this.quietSince = -Infinity;
    this.total = 0;
  }

  on(type, listener) {
    this.addEventListener(type, (event) => listener(event.detail));
    return this;
  }

  async open() {
    this.tell = this.context.audioWorklet ? await this.#onAudioThread() : this.#onPage();
    for (const command of this.waiting.splice(0)) this.tell(command);
  }

  async #onAudioThread() {
    await this.context.audioWorklet.addModule("/page/playback-worklet.js");
    this.node = new AudioWorkletNode(this.context, "playback", {
      numberOfInputs: 0,
      outputChannelCount: [1],
      processorOptions: { rate: this.rate },
    });
    this.node.port.onmessage = ({ data }) => this.#hear(data);
    this.node.connect(this.context.destination);
    return (command) => this.node.port.postMessage(command);
  }

  /** Browsers keep the audio thread for https and localhost; a phone that came by plain http gets this. */
  #onPage() {
    const mixer = new Mixer(this.rate, this.context.sampleRate, (report) => this.#hear(report));
    this.node = this.context.createScriptProcessor(1024, 0, 1);
    this.node.onaudioprocess = ({ outputBuffer, playbackTime }) => {
      const out = outputBuffer.getChannelData(0);
      out.fill(0);
      mixer.render(out, playbackTime);
    };
    this.node.connect(this.context.destination);
    return (command) => mixer.take(command);
  }

  /** From now on `reply` may speak. */
  expect(reply) {
    this.newest = Math.max(this.newest, reply);
  }

  voice({ reply, time, samples }) {
    this.expect(reply);
    if (!this.refuses(reply)) this.#tell({ do: "voice", reply, time, samples });
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
    if (this.cancelled.size > 64) this.cancelled.delete(this.cancelled.values().next().value); // long gone
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

  /** A new session counts its replies from the start again. */
  forget() {
    this.hush();
    this.newest = this.deaf = -1;
  }

  refuses(reply) {
    return reply <= this.deaf || this.cancelled.has(reply);
  }

  /** What the listener hears at this moment: {reply, at}, or null in silence. */
  position() {
    if (!this.current) return null;
    const { reply, at, time, running } = this.current;
    if (!running) return { reply, at };
    // Extrapolating more than a report and a half would run ahead of a stalled audio thread.
    const since = Math.min(Math.max(0, this.context.currentTime - time), 0.06);
    return { reply, at: Math.max(0, at + (since - this.latency) * this.rate) };
  }

  /** Seconds from the audio thread to the ear, as far as the browser knows. */
  get latency() {
    const seconds = this.context.outputLatency || this.context.baseLatency || 0;
    return Math.min(seconds, 0.4);
  }

  /** Whether the character can be heard in the room, for the echo guard of the microphone. */
  get audible() {
    return this.current?.running || this.context.currentTime - this.quietSince < ROOM_SECONDS;
  }

  #tell(command) {
    if (this.tell) this.tell(command);
    else this.waiting = [...this.waiting.slice(-500), command];
  }

  #silent() {
    if (this.current) this.quietSince = this.context.currentTime;
    this.current = null;
  }

  #hear({ state, reply, at, time }) {
    const before = this.played.reply === reply ? this.played.at : 0;
    this.total += Math.max(0, at - before);
    this.played = { reply, at };
    const over = state === "finished" || state === "interrupted";
    if (over && this.current?.reply === reply) this.#silent();
    // The audio thread may report once more before it learns that a reply has been dropped.
    if (!over && this.refuses(reply)) return;
    if (!over) this.current = { reply, at, time, running: state !== "dry" && state !== "held" };
    if (state === "dry" || state === "held") this.quietSince = time;
    this.#reportToServer(reply, state, at);
    this.dispatchEvent(new CustomEvent(state, { detail: { reply, at } }));
  }

  #reportToServer(reply, state, at) {
    if (state === "dry") return;
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
