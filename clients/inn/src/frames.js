// One frame after another: time passes in the inn, everybody lives, and it is drawn.

const LONGEST_STEP = 0.25; // seconds: after a stall the world goes on, it does not leap
const STANDING_EVERY = 0.5; // seconds: eyes that follow need no more
const LOOK_EVERY = 0.1; // seconds: finding what is under the pointer meets every mesh of the room
const FIRST = 30; // frames that hand the room to the GPU: they are not counted

export class Frames {
  constructor({ session, world, view, link, hands, talk, player, told }) {
    Object.assign(this, { session, world, view, link, hands, talk, player, told });
    this.vr = null; // there where a headset is
    this.index = new Map(); // of the shapes, as `ready` names them
    this.before = 0;
    this.stood = this.looked = 0;
  }

  start() {
    this.view.renderer.setAnimationLoop((now) => this.#frame(now));
  }

  #frame(now) {
    const began = performance.now();
    const whole = Math.max(0, (now - this.before) / 1000);
    this.before = now;
    const step = Math.min(LONGEST_STEP, whole);
    this.world.advance(step);
    this.#people(step);
    this.#senses(step);
    const worked = performance.now();
    this.view.draw(whole);
    this.#count(worked - began, performance.now() - began);
  }

  #people(step) {
    const { world, talk, told } = this;
    const { speaker } = talk;
    const player = world.player();
    const heard = world.characters.get(speaker)?.eyes() ?? null;
    for (const who of world.characters.values()) {
      const focus = who.id === this.player.attended || who.id === speaker ? player : heard;
      who.advance(world.seconds, step, { index: this.index, shown: this.session.frame(who.id), focus, speaking: speaker === who.id });
      if (who.id === (speaker ?? this.player.attended)) told.jaw = who.jaw;
    }
    if (speaker) told.jawPeak = Math.max(told.jawPeak, told.jaw);
  }

  #senses(step) {
    if (this.view.presenting) this.vr.advance(step, this.world.characters.get(this.talk.speaker ?? this.player.attended), this.talk.speaker ? this.told.line : "");
    else if ((this.looked += step) > LOOK_EVERY) {
      this.looked = 0;
      this.hands.look();
    }
    if ((this.stood += step) < STANDING_EVERY) return;
    this.stood = 0;
    if (this.told.ready) this.link.standing();
  }

  /** `script` is the longest time of our own work, `longest` that of a whole frame with its GL calls; both in ms. */
  #count(script, whole) {
    const { told } = this;
    told.frames += 1;
    told.ratio = this.view.renderer.getPixelRatio();
    if (told.frames <= FIRST) return;
    told.script = Math.max(told.script, script);
    told.longest = Math.max(told.longest, whole);
  }
}
