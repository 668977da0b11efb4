// Plays replies one after the other, sample-exact: the clock that lips and captions follow. Knows no audio API.

const FADE_SECONDS = 0.006; // too long to click; two of them, one after the other, stay below 15 ms
const CUSHION_SECONDS = 0.07; // one late packet on a home network does not break the voice
const LARGEST_CUSHION_SECONDS = 0.25; // the server is ahead by 0.3: to wait for more would be in vain
const AHEAD_SECONDS = 120; // a server paces itself far below this; what is beyond is dropped, so memory is bounded
const REPORT_SAMPLES = 1024; // about 20 ms: the listener extrapolates in between

/** Replies at `rate` in, blocks at `output` hertz out; `post` is told what the listener has reached. */
export class Mixer {
  constructor(rate, output, post) {
    this.rate = rate;
    this.output = output;
    this.step = rate / output;
    this.cushion = CUSHION_SECONDS; // grows where the network has shown that it is needed
    this.fade = 1 / (FADE_SECONDS * output);
    this.post = post;
    this.tracks = [];
    this.tail = null; // {track, at, level} of a reply that fades out from `at`
    this.held = null; // the reply that is stopped in its place
    this.now = 0;
  }

  take(command) {
    this[command.do](command);
  }

  voice({ reply, time, samples }) {
    const track = this.track(reply);
    const skip = Math.max(0, track.written - time);
    if (skip >= samples.length || time + samples.length > track.position + AHEAD_SECONDS * this.rate) return;
    if (time > track.written) track.chunks.push({ from: track.written, to: time, samples: null }); // a gap is silence
    track.chunks.push({ from: time + skip, to: time + samples.length, samples: samples.subarray(skip) });
    track.written = time + samples.length;
    track.since ??= this.now;
  }

  /** There is to be voice until `end`: to run dry before is the network's fault, not a pause between two clauses. */
  announce({ reply, end }) {
    const track = this.track(reply);
    track.announced = Math.max(track.announced, end);
  }

  /** All of `reply` has been given. */
  end({ reply, samples }) {
    this.track(reply).end = samples;
  }

  /** Stop `reply` in its place; `release` goes on from there. Nothing of it is lost. */
  hold({ reply }) {
    this.held = reply;
  }

  release({ reply }) {
    if (this.held === reply) this.held = null;
  }

  /** Drops every reply up to `through` (or only `reply`) at once and says how far it had been played. */
  drop({ through, reply }) {
    const gone = (number) => (reply === undefined ? number <= through : number === reply);
    const dropped = this.tracks.filter((track) => gone(track.reply));
    this.tracks = this.tracks.filter((track) => !dropped.includes(track));
    if (this.held !== null && gone(this.held)) this.held = null;
    for (const track of dropped) {
      this.report("interrupted", track);
      if (track.running) this.fadeFrom(track);
    }
  }

  track(reply) {
    let track = this.tracks.find((track) => track.reply === reply);
    if (!track) {
      track = { reply, chunks: [], written: 0, position: 0, announced: 0, end: null, since: null };
      Object.assign(track, { running: false, started: false, level: 0, last: 0, quiet: 0 });
      this.tracks.push(track);
    }
    return track;
  }

  /** Fill `out`, a block of silence that is heard from `time` on (seconds of the audio context). */
  render(out, time) {
    this.now = time;
    const track = this.tracks[0];
    if (track && this.stopping(track)) this.stop(track);
    if (this.tail) this.fadeOut(out);
    if (track && this.due(track)) this.play(track, out);
    else if (track && track.last) this.decay(track, out);
  }

  /** A fade in is finished first: with the fade out that mirrors it nothing is lost between the two. */
  stopping(track) {
    return track.reply === this.held && track.running && track.level === 1;
  }

  /** What fades out now is played again, rising, when the reply goes on; so its clock stands here. */
  stop(track) {
    this.fadeFrom(track);
    Object.assign(track, { running: false, level: 0, last: 0 });
    this.report("held", track);
  }

  /** Whether enough has come in to begin, or to go on after an underrun. */
  due(track) {
    if (track.running) return true;
    if (track.reply === this.held || this.tail?.track === track) return false;
    const enough = track.written - track.position >= this.cushion * this.rate;
    const waited = track.since !== null && this.now - track.since >= this.cushion;
    track.running = enough || waited || track.end !== null;
    if (track.running && !track.started) {
      track.started = true;
      this.report("started", track);
    }
    return track.running;
  }

  play(track, out) {
    let n = 0;
    for (; n < out.length && track.position < track.written; n++) {
      track.level = Math.min(1, track.level + this.fade);
      track.last = this.sample(track, track.position) * track.level;
      track.position += this.step;
      out[n] += track.last;
    }
    track.quiet += n;
    const time = this.now + n / this.output; // when the last of them has left
    if (track.position >= track.written) this.ranDry(track, time);
    else if (track.quiet >= REPORT_SAMPLES) this.report("position", track, { time });
  }

  ranDry(track, time) {
    if (track.end !== null) {
      this.report("finished", track, { time });
      this.tracks.shift();
      return;
    }
    const late = track.written < track.announced;
    if (late) this.cushion = Math.min(LARGEST_CUSHION_SECONDS, this.cushion * 1.5);
    Object.assign(track, { running: false, level: 0, since: null });
    this.report("dry", track, { time, late });
  }

  /** The sample at `position`, which is not before the track's own, interpolated where the rates differ. */
  sample(track, position) {
    while (track.chunks.length && track.chunks[0].to <= Math.floor(track.position)) track.chunks.shift();
    const whole = Math.floor(position);
    const here = this.at(track, whole);
    const part = position - whole;
    return part === 0 ? here : here + (this.at(track, whole + 1) - here) * part;
  }

  at(track, index) {
    const chunk = track.chunks.find((chunk) => index < chunk.to);
    return chunk?.samples ? chunk.samples[index - chunk.from] / 32768 : 0;
  }

  fadeFrom(track) {
    this.tail = { track, at: track.position, level: track.level };
  }

  fadeOut(out) {
    const { tail } = this;
    for (let n = 0; n < out.length && this.tail; n++) {
      tail.level -= this.fade;
      if (tail.level <= 0 || tail.at >= tail.track.written) this.tail = null;
      else out[n] += this.sample(tail.track, tail.at) * tail.level;
      tail.at += this.step;
    }
  }

  /** After an underrun the wave is let down softly instead of cut. */
  decay(track, out) {
    for (let n = 0; n < out.length; n++) out[n] += track.last *= 0.97;
    if (Math.abs(track.last) < 1e-4) track.last = 0;
  }

  report(state, track, { time = this.now, late = false } = {}) {
    track.quiet = 0;
    const at = Math.min(Math.floor(track.position), track.end ?? Infinity);
    this.post({ state, reply: track.reply, at, time, late });
  }
}
