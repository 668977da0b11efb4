// The face frames of one reply, or of one rest, to be asked for by time.

const KEPT_BEHIND_SECONDS = 0.5;
const KEPT_AHEAD_SECONDS = 60; // a server paces itself far below this; what is beyond is dropped, so memory is bounded
const HOLD_SECONDS = 0.15; // how long the last frame stands in for one that is missing

export const ANGLES = 7;

export class Track {
  /** Frames of `size` weights, `fps` a second; times are samples at `rate`. */
  constructor(size, rate, fps) {
    Object.assign(this, { size, rate, fps });
    this.base = null; // frames[k] belongs to (base + k) / fps
    this.frames = [];
  }

  add({ time, count, size, weights, scale, pose, degrees }) {
    if (size !== this.size) return; // not what `ready` has named
    const first = Math.round((time * this.fps) / this.rate);
    this.base ??= first;
    for (let k = 0; k < count; k++) {
      const place = first + k - this.base;
      if (place < 0 || place >= KEPT_AHEAD_SECONDS * this.fps) continue;
      this.frames[place] = {
        weights: weights.subarray(k * size, (k + 1) * size),
        pose: pose?.subarray(k * ANGLES, (k + 1) * ANGLES) ?? null,
        scale,
        degrees,
      };
    }
  }

  /** Write what belongs to `seconds` into `weights`, and angles in degrees into `pose`; false where there is nothing. */
  sample(seconds, weights, pose) {
    if (this.base === null) return false;
    const wanted = seconds * this.fps - this.base;
    const place = Math.max(0, Math.floor(wanted));
    const here = this.#near(place);
    if (!here) return false;
    const next = this.frames[place + 1] ?? here;
    const part = Math.min(1, Math.max(0, wanted - place));
    blend(here.weights, next.weights, part, here.scale, weights);
    if (here.pose && next.pose) blend(here.pose, next.pose, part, here.degrees, pose);
    this.#trim(place);
    return true;
  }

  #near(place) {
    for (let back = 0; back <= HOLD_SECONDS * this.fps && place >= back; back++) {
      if (this.frames[place - back]) return this.frames[place - back];
    }
    return null;
  }

  #trim(place) {
    const spare = Math.floor(place - KEPT_BEHIND_SECONDS * this.fps);
    if (spare < this.fps) return; // a second at a time, not a frame at a time
    this.frames.splice(0, spare);
    this.base += spare;
  }
}

function blend(from, to, part, scale, out) {
  for (let i = 0; i < out.length; i++) out[i] = (from[i] + (to[i] - from[i]) * part) * scale;
}
