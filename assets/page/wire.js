// The websocket: says hello, turns messages and packets into events, comes back with its resume token when it breaks.

import { decode, encodeMicrophone } from "./packets.js";

const PROTOCOL = 1;
const FIRST_WAIT = 500;
const LONGEST_WAIT = 8000;
// Asking again by itself would only repeat these answers.
const FINAL = ["protocol_version", "unknown_character", "hello_expected"];
// The server lays a closed session's conversations aside for its successor; this is ample time for that.
// Microphone audio that waits in the socket longer than about three seconds is of no use to a conversation.
const CLOGGED_BYTES = 300_000;

/**
 * Events: "state" {state, seconds}, every server message under its own `type`, "voice" and "face" packets.
 * States: connecting, ready, waiting (will retry), closed (will not, until `connect` is called).
 */
export class Wire extends EventTarget {
  constructor(url, hello) {
    super();
    this.url = url;
    this.hello = hello;
    this.state = "closed";
    this.resume = null;
    this.wait = FIRST_WAIT;
    this.socket = null;
    this.timer = 0;
    this.final = false;
  }

  on(type, listener) {
    this.addEventListener(type, (event) => listener(event.detail));
    return this;
  }

  connect() {
    clearTimeout(this.timer);
    if (this.socket) return;
    this.final = false;
    this.#become("connecting");
    const socket = new WebSocket(this.url);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => this.#write({ type: "hello", protocol: PROTOCOL, ...this.hello(), resume: this.resume });
    socket.onmessage = ({ data }) => (typeof data === "string" ? this.#message(data) : this.#packet(data));
    socket.onclose = () => this.#closed();
    this.socket = socket;
  }

  /** Send a message; false when there is nobody to send it to. */
  send(message) {
    if (!this.#open) return false;
    this.#write(message);
    return true;
  }

  sendMicrophone(time, samples, audible) {
    if (!this.#open || this.socket.bufferedAmount > CLOGGED_BYTES) return;
    this.socket.send(encodeMicrophone(time, samples, audible));
  }

  get #open() {
    return this.state === "ready" && this.socket?.readyState === WebSocket.OPEN;
  }

  #write(message) {
    this.socket.send(JSON.stringify(message));
  }

  #message(text) {
    const message = JSON.parse(text);
    if (message.type === "ready") {
      this.resume = message.resume;
      this.wait = FIRST_WAIT;
      this.#become("ready");
    }
    if (message.type === "error" && message.fatal) this.final = FINAL.includes(message.code);
    this.#emit(message.type, message);
  }

  #packet(buffer) {
    const packet = decode(buffer);
    if (packet) this.#emit(packet.type, packet);
  }

  #closed() {
    this.socket = null;
    if (this.final) return this.#become("closed");
    // Jitter keeps the pages of a restarted server from knocking all at once.
    const wait = this.wait * (0.75 + Math.random() * 0.5);
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT);
    this.timer = setTimeout(() => this.connect(), wait);
    this.#become("waiting", wait / 1000);
  }

  #become(state, seconds = 0) {
    this.state = state;
    this.#emit("state", { state, seconds });
  }

  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
