// The player's voice: asks for the microphone, and lets packets through while talk is held or hands-free is on.

const PREROLL_PACKETS = 10; // 200 ms from before the press: people begin to speak while they press
const TAIL_MS = 100; // they also let go on the last syllable, and the capture itself is some 40 ms late

/**
 * While hands-free is on, the server finds the turns; while it is off, the key brackets them, and nothing but held
 * turns leaves the page. `send(time, samples)` gets PCM16 packets; `talk(down)` brackets a held turn;
 * `level(peak)` follows what is let through, 0 to 1.
 */
export class Microphone {
  constructor(context, { worklets, send, talk, level }) {
    this.context = context;
    this.worklets = worklets; // address of the folder that holds capture-worklet.js
    this.send = send;
    this.talk = talk;
    this.level = level;
    this.handsFree = false;
    this.held = false;
    this.releasing = 0;
    this.recent = [];
    this.opening = null;
  }

  /** Ask once; rejects with a NotAllowedError, NotFoundError or NotSupportedError. */
  open() {
    this.opening ??= this.#open().catch((error) => {
      this.opening = null; // the player may allow it later
      throw error;
    });
    return this.opening;
  }

  get isOpen() {
    return Boolean(this.node);
  }

  /** Whether what it hears leaves the page. */
  get heard() {
    return this.held || this.releasing !== 0 || this.handsFree;
  }

  async #open() {
    if (!this.context || !globalThis.navigator?.mediaDevices?.getUserMedia) throw new DOMException("needs https or localhost", "NotSupportedError");
    const stream = await navigator.mediaDevices.getUserMedia({
      audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 },
    });
    await this.context.audioWorklet.addModule(new URL("capture-worklet.js", this.worklets));
    this.source = this.context.createMediaStreamSource(stream);
    this.node = new AudioWorkletNode(this.context, "townsfolk-capture", { numberOfOutputs: 0 });
    this.node.port.onmessage = ({ data }) => this.#packet(data);
    this.source.connect(this.node);
    stream.getAudioTracks()[0].onended = () => this.#lost();
  }

  press() {
    if (!this.isOpen || this.held || this.handsFree) return false;
    const wasReleasing = this.releasing !== 0;
    clearTimeout(this.releasing);
    this.releasing = 0;
    this.held = true;
    if (wasReleasing) return true; // let go and pressed again within the tail: the same turn goes on
    this.talk(true);
    for (const { time, samples } of this.recent) this.send(time, samples);
    this.recent = [];
    return true;
  }

  release() {
    if (!this.held) return false;
    this.held = false;
    this.releasing = setTimeout(() => {
      this.releasing = 0;
      this.talk(false);
    }, TAIL_MS);
    return true;
  }

  #packet({ time, samples, peak }) {
    this.level(this.heard ? peak : 0);
    if (this.heard) this.send(time, samples);
    else this.recent = [...this.recent.slice(1 - PREROLL_PACKETS), { time, samples }];
  }

  /** Stop listening; `open` asks again. */
  close() {
    if (!this.isOpen) return;
    this.source.mediaStream.getTracks().forEach((track) => track.stop());
    this.#lost();
  }

  #lost() {
    this.source.disconnect();
    this.node = null;
    this.opening = null;
    this.held = this.handsFree = false;
    this.level(0);
  }
}
