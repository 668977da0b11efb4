// What a face does between replies: it blinks, looks, breathes, nods while it listens; and how the head moves.

import { clamp, lerp } from "./shapes.js";

const SACCADE_SECONDS = 0.035; // an eye is there at once, a head follows
const HEAD_SECONDS = 0.35;
const FADE_SECONDS = 0.12; // from a reply's last frame to rest: an interrupted mouth closes, it does not snap

const between = (low, high) => lerp(low, high, Math.random());

/** One per head. `index` maps a weight's name to its place. */
export class Life {
  constructor(index, size, { still = false } = {}) {
    this.index = index;
    this.weights = new Float32Array(size);
    this.idle = new Float32Array(size);
    this.still = still;
    this.spoken = 0; // how much of the drawn face is the reply's
    this.last = null;
    this.blinkAt = 1 + Math.random() * 2;
    this.gazeAt = 0;
    this.nodAt = 0;
    this.target = [0, 0];
    this.gaze = [0, 0];
    this.pose = { yaw: 0, pitch: 0, roll: 0, breath: 0 };
    this.phase = Math.random() * 100;
    this.energy = 0;
  }

  /** The weights to draw now. `frame` is the reply's frame of this moment or null; `mode` idle, listening, thinking, speaking. */
  update(now, mode, frame) {
    const seconds = Math.min(0.1, now - (this.last ?? now));
    this.last = now;
    this.#look(now, mode, seconds);
    this.#rest(now, mode);
    this.#blend(frame, seconds);
    this.#move(now, mode, seconds);
    return this.weights;
  }

  #look(now, mode, seconds) {
    if (now >= this.gazeAt) {
      const wander = { idle: 0.34, listening: 0.05, thinking: 0.12, speaking: 0.08 }[mode];
      const centre = mode === "thinking" ? [0.42, -0.4] : [0, 0];
      const home = mode === "idle" && Math.random() < 0.55;
      this.target = home ? [0, 0] : [centre[0] + between(-wander, wander), centre[1] + between(-wander, wander) * 0.6];
      this.gazeAt = now + (mode === "idle" ? between(0.9, 3.4) : between(0.5, 1.8));
    }
    const share = 1 - Math.exp(-seconds / SACCADE_SECONDS);
    this.gaze = this.gaze.map((value, i) => lerp(value, this.target[i], share));
  }

  #rest(now, mode) {
    this.idle.fill(0);
    const [x, y] = this.gaze;
    const blink = this.#blink(now);
    this.#set("eyeBlink", blink, blink);
    this.#set("eyeLookOut", Math.max(0, x), Math.max(0, -x));
    this.#set("eyeLookIn", Math.max(0, -x), Math.max(0, x));
    this.#set("eyeLookUp", Math.max(0, -y), Math.max(0, -y));
    this.#set("eyeLookDown", Math.max(0, y), Math.max(0, y));
    if (mode === "thinking") {
      this.#set("browOuterUp", 0.3, 0.08);
      this.#set("mouthPress", 0.25, 0.25);
      this.idle[this.index.browInnerUp] = 0.2;
    }
    if (mode === "listening") {
      this.idle[this.index.browInnerUp] = 0.22;
      this.#set("browOuterUp", 0.14, 0.14);
      this.#set("eyeWide", 0.12, 0.12);
    }
  }

  #set(name, left, right) {
    this.idle[this.index[`${name}Left`]] = left;
    this.idle[this.index[`${name}Right`]] = right;
  }

  /** Shuts in 60 ms, opens in 110, every two to six seconds. */
  #blink(now) {
    const age = now - this.blinkAt;
    if (age < 0) return 0;
    if (age > 0.17) {
      this.blinkAt = now + (Math.random() < 0.12 ? 0.18 : between(2, 6));
      return 0;
    }
    return age < 0.06 ? age / 0.06 : 1 - (age - 0.06) / 0.11;
  }

  #blend(frame, seconds) {
    const step = seconds / FADE_SECONDS;
    this.spoken = clamp(this.spoken + (frame ? step * 2 : -step));
    if (frame) this.frame = Float32Array.from(frame);
    for (let i = 0; i < this.weights.length; i++) {
      this.weights[i] = this.frame ? lerp(this.idle[i], this.frame[i], this.spoken) : this.idle[i];
    }
  }

  #move(now, mode, seconds) {
    const t = now + this.phase;
    const sway = this.still ? 0 : mode === "speaking" ? 1 : 0.55;
    const jaw = this.weights[this.index.jawOpen] ?? 0;
    this.energy = lerp(this.energy, jaw, 1 - Math.exp(-seconds / 0.16));
    const nod = this.still ? 0 : this.#nod(now, mode);
    const lean = { idle: 0, listening: 0.5, thinking: -0.5, speaking: 0 }[mode];
    const wanted = {
      yaw: sway * (0.3 * Math.sin(t * 0.53) + 0.22 * Math.sin(t * 1.13)) + 0.5 * this.gaze[0],
      pitch: sway * (0.22 * Math.sin(t * 0.71)) + 0.4 * this.gaze[1] + nod + (this.still ? 0 : 1.1 * this.energy),
      roll: sway * (0.32 * Math.sin(t * 0.43) + 0.2 * Math.sin(t * 0.97)) + (this.still ? 0 : lean),
    };
    const share = 1 - Math.exp(-seconds / HEAD_SECONDS);
    for (const axis of ["yaw", "roll"]) this.pose[axis] = lerp(this.pose[axis], wanted[axis], share);
    this.pose.pitch = lerp(this.pose.pitch, wanted.pitch, 1 - Math.exp(-seconds / 0.12));
    this.pose.breath = this.still ? 0 : 0.5 + 0.5 * Math.sin((t * 2 * Math.PI) / 4.2);
  }

  /** A small nod now and then says "go on". */
  #nod(now, mode) {
    if (mode !== "listening") {
      this.nodAt = now + between(1, 2.2);
      return 0;
    }
    const age = now - this.nodAt;
    if (age < 0) return 0;
    if (age > 0.55) {
      this.nodAt = now + between(1.4, 3.2);
      return 0;
    }
    return 0.9 * Math.sin((Math.PI * age) / 0.55);
  }
}
