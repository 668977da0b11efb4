// The faces of the cast at any moment: a reply's on the audio clock, else the one at rest if the server sends it.

import { ANGLES, Track } from "./track.js";

const MELT_SECONDS = 0.2; // from one life to the other; also how fast an interrupted mouth closes
const REST_BEHIND_SECONDS = 0.1; // a packet of rest that is late by less is not missed

/** `clock()` gives seconds of the audio clock. */
export class Faces {
  constructor(ready, clock) {
    this.size = ready.blendshapes.length;
    this.rate = ready.audio_out.rate;
    this.fps = ready.face.fps;
    this.clock = clock;
    this.tracks = new Map(); // reply -> Track
    this.owners = new Map(); // reply -> npc
    this.rests = new Map(); // npc -> {reply, since}
    this.shown = new Map(); // npc -> Shown
  }

  begin({ reply, npc }) {
    this.owners.set(reply, npc);
  }

  rest({ reply, npc }) {
    this.tracks.delete(this.rests.get(npc)?.reply);
    this.rests.set(npc, { reply, since: this.clock() + REST_BEHIND_SECONDS });
  }

  /** Whether `reply` names a rest: no voice comes with it, and it outlives interruptions. */
  resting(reply) {
    return [...this.rests.values()].some((rest) => rest.reply === reply);
  }

  add(packet) {
    let track = this.tracks.get(packet.reply);
    if (!track) this.tracks.set(packet.reply, (track = new Track(this.size, this.rate, this.fps)));
    track.add(packet);
  }

  drop(reply) {
    this.tracks.delete(reply);
    this.owners.delete(reply);
  }

  /** The frame of `npc` while sample `at` of `reply` sounds (no reply: null), or null where there is no face of it now. */
  sample(npc, reply, at) {
    let shown = this.shown.get(npc);
    if (!shown) this.shown.set(npc, (shown = new Shown(this.size)));
    const now = this.clock();
    const speaks = reply !== null && this.owners.get(reply) === npc && this.#spoken(shown, reply, at);
    const rests = this.#rested(shown, npc, now);
    return shown.melt(now, speaks, rests) ? { npc, reply: speaks ? reply : null, at: speaks ? at : 0, ...shown.frame } : null;
  }

  #spoken(shown, reply, at) {
    return this.tracks.get(reply)?.sample(at / this.rate, shown.spoken.weights, shown.spoken.pose) ?? false;
  }

  #rested(shown, npc, now) {
    const rest = this.rests.get(npc);
    if (!rest) return false;
    return this.tracks.get(rest.reply)?.sample(Math.max(0, now - rest.since), shown.rested.weights, shown.rested.pose) ?? false;
  }
}

/** What is seen of one character: two lives and how much of each. */
class Shown {
  constructor(size) {
    const life = () => ({ weights: new Float32Array(size), pose: new Float32Array(ANGLES) });
    this.spoken = life();
    this.rested = life();
    this.frame = life();
    this.share = 0; // of the spoken one
    this.last = -Infinity;
  }

  /** Without a life at rest the spoken one is shown as it is, and nothing between replies: that is then the client's. */
  melt(now, speaks, rests) {
    const step = Math.min(1, Math.max(0, now - this.last) / MELT_SECONDS);
    this.last = now;
    this.share = !rests ? Number(speaks) : Math.min(1, Math.max(0, this.share + (speaks ? step : -step)));
    for (const part of ["weights", "pose"]) {
      const [spoken, rested, out] = [this.spoken[part], this.rested[part], this.frame[part]];
      for (let i = 0; i < out.length; i++) out[i] = rested[i] + (spoken[i] - rested[i]) * this.share;
    }
    return speaks || rests;
  }
}
