// Where the voice goes: the loudspeaker by way of Web Audio, or nowhere, at the pace of a loudspeaker.

import { Mixer } from "./mixer.js";

const PAGE_BLOCK = 1024; // samples: shorter ones break up on a busy page
const BELIEVABLE_SECONDS = 0.5; // a browser that claims a longer way to the ear does not know it

/** An output has: `rate` (hertz), `now` and `heard` (seconds: what is rendered, what is at the ear), `open`, `close`. */
export class WebOutput {
  /** `worklets` is the address of the folder that holds playback-worklet.js. */
  constructor(context, worklets) {
    this.context = context;
    this.worklets = worklets;
    this.node = null;
  }

  get rate() {
    return this.context.sampleRate;
  }

  get now() {
    return this.context.currentTime;
  }

  /** The moment of the audio clock that leaves the loudspeaker now. */
  get heard() {
    const now = this.context.currentTime;
    const { contextTime = 0, performanceTime = 0 } = this.context.getOutputTimestamp?.() ?? {};
    const heard = contextTime + (performance.now() - performanceTime) / 1000;
    if (contextTime > 0 && heard > now - BELIEVABLE_SECONDS) return Math.min(heard, now);
    return now - Math.min(this.context.outputLatency || this.context.baseLatency || 0, BELIEVABLE_SECONDS);
  }

  /** Begin to play voices of `rate` hertz; `hear` is told what the mixer reports. Resolves with what takes its commands. */
  async open(rate, hear) {
    const tell = this.context.audioWorklet ? await this.#onAudioThread(rate, hear) : this.#onPage(rate, hear);
    this.node.connect(this.context.destination);
    return tell;
  }

  close() {
    this.node?.disconnect();
  }

  async #onAudioThread(rate, hear) {
    await this.context.audioWorklet.addModule(new URL("playback-worklet.js", this.worklets));
    this.node = new AudioWorkletNode(this.context, "townsfolk-playback", {
      numberOfInputs: 0,
      outputChannelCount: [1],
      processorOptions: { rate },
    });
    this.node.port.onmessage = ({ data }) => hear(data);
    return (command) => this.node.port.postMessage(command);
  }

  /** Browsers keep the audio thread for https and localhost; a phone that came by plain http gets this. */
  #onPage(rate, hear) {
    const mixer = new Mixer(rate, this.rate, hear);
    this.node = this.context.createScriptProcessor(PAGE_BLOCK, 0, 1);
    this.node.onaudioprocess = ({ outputBuffer, playbackTime }) => {
      const out = outputBuffer.getChannelData(0);
      out.fill(0);
      mixer.render(out, playbackTime);
    };
    return (command) => mixer.take(command);
  }
}

const BLOCK = 128; // as on an audio thread
const TICK_MS = 10;
const LATE_MS = 100;

/** For Node, bots and tests: nothing sounds, but all is played in its own time and reported. */
export class SilentOutput {
  constructor(rate = 24000) {
    this.rate = rate;
    this.rendered = 0;
    this.began = performance.now();
  }

  get now() {
    return this.rendered / this.rate;
  }

  get heard() {
    return this.now;
  }

  async open(rate, hear) {
    const mixer = new Mixer(rate, this.rate, hear);
    this.timer = setInterval(() => this.#render(mixer), TICK_MS);
    return (command) => mixer.take(command);
  }

  close() {
    clearInterval(this.timer);
  }

  #render(mixer) {
    const due = ((performance.now() - this.began) / 1000) * this.rate;
    // The machine was busy elsewhere: a device goes on from where it is, it does not hurry after the clock.
    if (due - this.rendered > (LATE_MS / 1000) * this.rate) {
      this.began = performance.now() - (this.rendered / this.rate) * 1000;
      return;
    }
    for (; this.rendered + BLOCK <= due; this.rendered += BLOCK) mixer.render(new Float32Array(BLOCK), this.now);
  }
}
