// One player with any number of characters: one connection, its microphone, and what is said over them.

import { Calls } from "./calls.js";
import { Connection } from "./connection.js";
import { Conversation } from "./conversation.js";
import { Microphone } from "./microphone.js";
import { SilentOutput, WebOutput } from "./output.js";
import { openSound, wakeOnTouch } from "./sound.js";

const FACE = { format: "u8", fps: 60, shapes: "arkit", pose: false, rest: false };
const MICROPHONE = { rate: 16000, echo_cancelled: false }; // of a client that brings its own

/**
 * Opens a session at once and keeps it open until `close`.
 * @param {string} url of the server: ws, wss, http or https, or relative to the page; the path is `/ws` where there is none
 */
export function connect(url, options = {}) {
  return new Session(address(url), options);
}

function address(url) {
  const whole = new URL(url, globalThis.location?.href);
  whole.protocol = whole.protocol.replace("http", "ws");
  if (whole.pathname === "/") whole.pathname = "/ws";
  return whole.href;
}

/** See index.d.ts for the options and the events. */
export class Session extends Calls {
  #frames = 0;

  constructor(url, options) {
    super();
    const worklets = new URL(options.worklets ?? "./", options.worklets ? globalThis.location?.href : import.meta.url).href;
    this.options = options;
    this.info = null; // the latest `ready`
    this.sound = options.sound ?? (globalThis.AudioContext && !options.output ? openSound() : null);
    this.conversation = new Conversation(
      options.output ?? (this.sound ? new WebOutput(this.sound, worklets) : new SilentOutput()),
      (type, detail) => this.emit(type, detail),
      (reply, state, at) => this.send({ type: "playback", reply, state, at }),
    );
    this.microphone = this.#microphone(worklets);
    this.connection = this.#connection(url);
    this.#start();
  }

  // ------------------------------------------------------------ what is known

  /** connecting, connected, reconnecting, refused or closed. */
  get state() {
    return this.connection.state;
  }

  /** Where the voice goes. */
  get output() {
    return this.conversation.voice.output;
  }

  /** idle, listening, thinking or speaking. */
  get activity() {
    return this.conversation.activity.now;
  }

  /** Whether there is something to interrupt. */
  get busy() {
    return this.conversation.activity.busy;
  }

  /** Show it as the option `resume` of a later `connect`, also after the page was loaded anew. */
  get token() {
    return this.connection.token;
  }

  /** What the player hears at this moment: {reply, at} in samples of the reply, or null in silence. */
  position() {
    return this.conversation.voice.position();
  }

  /** The reply that the server has stopped in its place, or null. */
  get held() {
    return this.conversation.voice.held;
  }

  /** The face of `npc` (of whoever speaks) now: {npc, reply, at, weights, pose}, or null. The arrays are used again. */
  frame(npc = this.conversation.speaker) {
    return this.conversation.frame(npc);
  }

  // ------------------------------------------------------------ what can be done

  /** Send any message of the wire; false while there is no connection. */
  send(message) {
    return this.connection.send(message);
  }

  /** Send what begins an answer; whoever speaks falls silent. */
  ask(message) {
    if (!this.send(message)) return false;
    this.hush();
    this.conversation.activity.ask();
    return true;
  }

  /** Be quiet: nothing more is heard of the reply under way. */
  interrupt() {
    this.hush();
    return this.send({ type: "interrupt" });
  }

  /** Be quiet here and now; the server is told by whatever the player does next. */
  hush() {
    this.conversation.hush();
  }

  /** Open the microphone. Rejects with a NotAllowedError, NotFoundError or NotSupportedError. */
  listen() {
    return this.microphone.open();
  }

  /** The key goes down: a turn begins. False where the microphone or the connection is not open. */
  press() {
    if (this.state !== "connected" || !this.microphone.isOpen) return false;
    this.hush(); // whoever speaks is listened to, at once
    const pressed = this.microphone.press();
    this.conversation.activity.press(pressed);
    return pressed;
  }

  /** The key comes up: the turn is over. */
  release() {
    if (!this.microphone.release()) return false;
    this.conversation.activity.press(false);
    this.conversation.activity.ask();
    return true;
  }

  /** Hands-free: turns are found in what the microphone hears. Opens it where need be. */
  async handsFree(on) {
    if (on) await this.listen();
    this.microphone.handsFree = on;
    if (on) this.talk(null); // from here on turns are found in the silence
    else if (this.conversation.activity.turn !== null) this.talk(false); // the turn that is open ends here
  }

  /** The message `talk` by itself, for clients with a microphone of their own. */
  talk(down) {
    return this.send({ type: "talk", down });
  }

  /** PCM16 of a microphone of your own, at the rate of the option `microphone`; `time` counts its samples. */
  sendAudio(time, samples) {
    return this.connection.sendMicrophone(time, samples, this.conversation.voice.audible);
  }

  /** End the session. It cannot be opened again; its conversations can, by its token. */
  close() {
    this.connection.close();
    this.microphone.close();
    this.hush();
    this.output.close();
    globalThis.cancelAnimationFrame?.(this.#frames);
    if (this.sound && !this.options.sound) this.sound.close();
  }

  // ------------------------------------------------------------ how it is put together

  #start() {
    const { conversation, sound, options } = this;
    conversation.voice.open().catch((error) => this.#unheard(error.message));
    if (sound) wakeOnTouch(sound, () => this.#unheard("No sound comes out: is a loudspeaker connected?"));
    if (options.faces && globalThis.requestAnimationFrame) this.#watchFaces();
    queueMicrotask(() => this.connection.open()); // the caller's listeners are there before the first event
  }

  #unheard(why) {
    this.conversation.fault("no_sound", why, "Until the page is loaded again, the characters are seen and read, not heard.");
    this.conversation.voice.fallSilent();
  }

  #hello(resume) {
    const { client = "townsfolk-javascript", player = {}, cast = [], face, microphone } = this.options;
    const own = this.sound ? { rate: this.sound.sampleRate, echo_cancelled: true } : MICROPHONE;
    const { rate, played } = this.conversation.voice;
    const hello = { client, player, cast, face: { ...FACE, ...face }, audio_in: { ...own, ...microphone }, audio_out: { rate } };
    return resume && played ? { ...hello, played } : hello;
  }

  #connection(url) {
    const connection = new Connection(url, {
      hello: (resume) => this.#hello(resume),
      owed: () => this.conversation.waits || this.microphone.heard,
      Socket: this.options.WebSocket,
      resume: this.options.resume,
    });
    return connection
      .on("state", (state) => this.#become(state))
      .on("message", (message) => this.#take(message))
      .on("packet", (packet) => this.conversation.packet(packet));
  }

  #microphone(worklets) {
    return new Microphone(this.sound, {
      worklets,
      send: (time, samples) => this.sendAudio(time, samples),
      talk: (down) => this.talk(down),
      level: (peak) => this.emit("level", peak),
    });
  }

  #become(state) {
    if (state.state !== "connected") this.conversation.activity.clear();
    this.emit("state", state);
  }

  #take(message) {
    const ready = message.type === "ready";
    if (ready) this.#begin(message);
    this.conversation.take(message);
    if (ready) for (const missed of message.missed ?? []) this.emit("missed", missed);
  }

  #begin(ready) {
    this.info = ready;
    if (this.microphone.held) this.talk(true); // what the key says outlives a connection
    else if (this.microphone.handsFree) this.talk(null);
  }

  #watchFaces() {
    this.#frames = requestAnimationFrame(() => this.#watchFaces());
    const face = this.frame();
    if (face) this.emit("face", face);
  }
}
