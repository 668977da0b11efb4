// Face frames of the replies under way, sampled at the position of the audio clock.

const KEPT_BEHIND_SECONDS = 0.5;
const KEPT_AHEAD_SECONDS = 60; // as the voice: a server paces itself far below this
const HOLD_SECONDS = 0.15; // how long the last frame stands in for one that is missing

/** Frames arrive as u8 weights, `names.length` a frame, on the grid k / fps of their reply. */
export class FaceTrack {
  constructor(names, rate, fps) {
    this.size = names.length;
    this.rate = rate;
    this.fps = fps;
    this.replies = new Map(); // reply -> {base, frames}: frames[k] belongs to (base + k) / fps
  }

  add({ reply, time, count, weights }) {
    const first = Math.round((time * this.fps) / this.rate);
    let track = this.replies.get(reply);
    if (!track) this.replies.set(reply, (track = { base: first, frames: [] }));
    for (let k = 0; k < count; k++) {
      const place = first + k - track.base;
      if (place >= 0 && place < KEPT_AHEAD_SECONDS * this.fps) track.frames[place] = weights.subarray(k * this.size, (k + 1) * this.size);
    }
  }

  /** Write the weights at sample `at` of `reply` into `out`; false where there are none. */
  sample(reply, at, out) {
    const track = this.replies.get(reply);
    if (!track) return false;
    const wanted = (at * this.fps) / this.rate - track.base;
    const place = Math.max(0, Math.floor(wanted));
    const part = Math.min(1, Math.max(0, wanted - place));
    const here = this.#near(track.frames, place);
    if (!here) return false;
    const next = track.frames[place + 1] ?? here;
    for (let i = 0; i < this.size; i++) out[i] = (here[i] + (next[i] - here[i]) * part) / 255;
    this.#trim(track, place);
    return true;
  }

  drop(reply) {
    this.replies.delete(reply);
  }

  clear() {
    this.replies.clear();
  }

  #near(frames, place) {
    for (let back = 0; back <= HOLD_SECONDS * this.fps && place >= back; back++) {
      if (frames[place - back]) return frames[place - back];
    }
    return null;
  }

  #trim(track, place) {
    const spare = place - KEPT_BEHIND_SECONDS * this.fps;
    if (spare < this.fps) return; // a second at a time, not a frame at a time
    track.frames.splice(0, Math.floor(spare));
    track.base += Math.floor(spare);
  }
}
