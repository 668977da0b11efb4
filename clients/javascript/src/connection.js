// The websocket: says hello, tells messages from packets, and comes back with its token when the network breaks.

import { Events } from "./events.js";
import { decode, encodeMicrophone } from "./packets.js";
import { Pulse, TICK } from "./pulse.js";

export const PROTOCOL = 1;
const FIRST_WAIT = 250; // milliseconds; a network that only hiccuped is back by then
const LONGEST_WAIT = 5000;
// After these the same hello may well be welcome a little later; any other fatal error would only be repeated.
const PASSING = ["busy", "not_ready", "closing", "hello_timeout", "slow_client"];
const NORMAL = 1000; // the server has ended the session and wants nobody back
const GOING_AWAY = 1001;
// Microphone audio that waits in the socket longer than about three seconds is of no use to a conversation.
const CLOGGED_BYTES = 300_000;

/**
 * Events: "state" {state, seconds, resumed, error}; "message" for each message of the server; "packet".
 * States: connecting, connected, reconnecting (again in `seconds`), refused (`error` says why), closed.
 */
export class Connection extends Events {
  /** `hello()` gives the fields of a hello; `owed()` says whether the server is expected to send something. */
  constructor(url, { hello, owed = () => false, Socket = globalThis.WebSocket, resume = null }) {
    super();
    if (!Socket) throw new TypeError("no WebSocket here: pass one as the option `WebSocket` (Node before 22: the package ws)");
    Object.assign(this, { url, hello, owed, Socket });
    this.token = resume;
    this.state = "closed";
    this.wait = FIRST_WAIT;
    this.socket = null;
    this.refusal = null;
    this.left = false;
    this.online = () => this.state === "reconnecting" && this.open();
    globalThis.addEventListener?.("online", this.online);
  }

  /** Connect now, whatever the state was. */
  open() {
    clearTimeout(this.timer);
    if (this.socket || this.left) return;
    this.refusal = null;
    if (this.state !== "reconnecting") this.#become("connecting");
    const socket = new this.Socket(this.url);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => socket === this.socket && this.#write({ type: "hello", protocol: PROTOCOL, ...this.hello(this.token), resume: this.token });
    socket.onmessage = ({ data }) => socket === this.socket && this.#take(data);
    socket.onerror = () => {}; // `onclose` follows and is enough; without a listener some sockets throw
    socket.onclose = ({ code }) => socket === this.socket && this.#closed(code);
    this.socket = socket;
    this.#watch();
  }

  /** Leave for good. */
  close() {
    clearTimeout(this.timer);
    clearInterval(this.watching);
    globalThis.removeEventListener?.("online", this.online);
    const { socket } = this;
    this.socket = null;
    socket?.close(NORMAL);
    this.left = true;
    if (this.state !== "closed") this.#become("closed");
  }

  /** Send a message; false when there is nobody to send it to. */
  send(message) {
    if (!this.#isOpen) return false;
    this.#write(message);
    return true;
  }

  sendMicrophone(time, samples, audible) {
    if (!this.#isOpen || this.socket.bufferedAmount > CLOGGED_BYTES) return false;
    this.socket.send(encodeMicrophone(time, samples, audible));
    return true;
  }

  get #isOpen() {
    return this.state === "connected" && this.socket?.readyState === 1;
  }

  #write(message) {
    this.socket.send(JSON.stringify(message));
  }

  #take(data) {
    this.pulse.heard();
    if (typeof data === "string") return this.#message(parsed(data));
    const packet = decode(data);
    if (packet) this.emit("packet", packet);
  }

  #message(message) {
    if (message.type === "pong") return; // that it came is all it says
    if (message.type === "ready") {
      this.token = message.resume;
      this.wait = FIRST_WAIT;
      this.state = "connected"; // who is told of `ready` may answer it
    }
    if (message.type === "error" && message.fatal) this.refusal = message;
    this.emit("message", message);
    if (message.type === "ready") this.#become("connected", { resumed: message.resumed });
  }

  #closed(code) {
    clearInterval(this.watching);
    this.socket = null;
    const { refusal } = this;
    if (refusal && !PASSING.includes(refusal.code)) return this.#become("refused", { error: refusal });
    if (code === NORMAL && !refusal) return this.#become("closed");
    // Jitter keeps the clients of a restarted server from knocking all at once.
    const wait = Math.min(LONGEST_WAIT, this.wait * (0.75 + Math.random() * 0.5));
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT);
    this.timer = setTimeout(() => this.open(), wait);
    this.#become("reconnecting", { seconds: wait / 1000, error: refusal });
  }

  #watch() {
    this.pulse = new Pulse(performance.now());
    clearInterval(this.watching);
    this.watching = setInterval(() => this.#look(performance.now()), TICK);
  }

  #look(now) {
    const verdict = this.pulse.look(now, this.state === "connected", this.owed());
    if (verdict === "ask") this.send({ type: "ping", at: Math.round(now) });
    if (verdict === "give up") this.#giveUp();
  }

  /** A dead socket may take minutes to close; it is left to itself. */
  #giveUp() {
    const { socket } = this;
    this.#closed(GOING_AWAY);
    socket.close();
  }

  #become(state, more = {}) {
    this.state = state;
    this.emit("state", { state, seconds: 0, resumed: false, error: null, ...more });
  }
}

/** What is no message is told of, and harms nobody. */
function parsed(text) {
  try {
    const message = JSON.parse(text);
    if (typeof message?.type === "string") return message;
  } catch {
    // told below
  }
  return { type: "error", code: "bad_server", message: "the server sent what is no message", hint: "", fatal: false };
}
