// A drawn head that the 52 ARKit weights move.

import { attire, moustache } from "./attire.js";
import { paintScene } from "./scene.js";
import * as eyes from "./eyes.js";
import { lookOf } from "./looks.js";
import * as mouth from "./mouth.js";
import { chance, clamp, fill, glow, inside, mirrored, mix, open, oval, stroke } from "./shapes.js";

const WIDTH = 400; // the drawing's own units; the face is 200 wide, its middle at (200, 228)
const HEIGHT = 480;
const MIDDLE = 228;

/** Draws on `canvas`, sharp at any size. `names` are the names of the weights in their order. */
export class Head {
  constructor(canvas, names, character, { still = false } = {}) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
    this.index = Object.fromEntries(names.map((name, i) => [name, i]));
    this.look = lookOf(character);
    this.still = still;
    this.scene = document.createElement("canvas");
    this.watch = new ResizeObserver(() => this.#resize());
    this.watch.observe(canvas);
    this.#resize();
  }

  close() {
    this.watch.disconnect();
  }

  /** `pose` is {yaw, pitch, roll} in about -1..1 and `breath` in 0..1; `time` in seconds. */
  draw(weights, pose, time) {
    this.last = [weights, pose, time];
    const c = this.context;
    const { look } = this;
    const w = (name) => clamp((weights[this.index[name]] ?? 0) + (look.rest[name] ?? 0));
    const f = { look, pose, time, still: this.still, w, mouth: mouth.shape(w, look.mouth) };
    c.setTransform(1, 0, 0, 1, 0, 0);
    c.drawImage(this.scene, 0, 0);
    c.setTransform(this.scale, 0, 0, this.scale, this.canvas.width / 2, this.floor);
    c.save();
    c.translate(0, -2.5 * pose.breath);
    this.#head(f, look.back, -7);
    this.#neck(f);
    for (const piece of look.body) attire[piece](c, f);
    c.restore();
    this.#face(f);
    for (const piece of look.over ?? []) attire[piece](c, f);
  }

  #resize() {
    const ratio = Math.min(devicePixelRatio || 1, 2);
    const { clientWidth, clientHeight } = this.canvas;
    const width = Math.max(1, Math.round(clientWidth * ratio));
    const height = Math.max(1, Math.round(clientHeight * ratio));
    this.canvas.width = this.scene.width = width;
    this.canvas.height = this.scene.height = height;
    this.scale = Math.min(width / WIDTH, height / HEIGHT);
    this.floor = height - (HEIGHT - MIDDLE) * this.scale;
    paintScene(this.scene.getContext("2d"), width, height, this.look.scene);
    if (this.last) this.draw(...this.last); // a canvas that changed its size is empty
  }

  /** Draw pieces at a depth: what is near moves more when the head turns. */
  #head(f, pieces, depth) {
    const c = this.context;
    c.save();
    this.#turn(f, depth);
    for (const piece of pieces ?? []) typeof piece === "string" ? attire[piece](c, f) : piece();
    c.restore();
  }

  #turn({ pose }, depth) {
    const c = this.context;
    c.translate(0, 120); // the head turns on the neck
    c.rotate(pose.roll * 0.06);
    c.translate(pose.yaw * depth, -120 + pose.pitch * depth * 0.8);
  }

  #neck({ look, pose }) {
    const c = this.context;
    const neck = mirrored([[0, 70], [54, 80], [52, 150], [70, 190], [0, 226]]);
    c.save();
    c.translate(pose.yaw * 2, 0);
    fill(c, neck, mix(look.skin, look.shade, 0.3));
    inside(c, neck, () => glow(c, 0, 120, 84, mix(look.shade, "#2a0f0a", 0.4), 0.75));
    c.restore();
  }

  #face(f) {
    const { look } = f;
    const c = this.context;
    this.#head(f, [() => this.#ears(look), ...(look.neck ?? [])], -3);
    this.#head(f, [() => this.#skin(f)], 3);
    this.#head(f, [() => this.#mouth(f)], 8);
    this.#head(f, [() => eyes.draw(c, f.w, look)], 7);
    this.#head(f, [() => this.#nose(f)], 12);
    if (look.whiskers) this.#head(f, [() => this.#whiskers(f)], 10);
    this.#head(f, look.front, 2);
  }

  #ears(look) {
    const c = this.context;
    for (const s of [-1, 1]) {
      fill(c, oval(s * 104, 8, 17, 27, s * 0.18), mix(look.skin, look.shade, 0.22));
      stroke(c, open([[s * 106, -8], [s * 113, 4], [s * 106, 22]]), look.shade, 3, 0.5);
    }
  }

  #skin({ look, w, mouth: m }) {
    const c = this.context;
    const { temple, cheek, jaw, chin, length } = look.face;
    const puff = 15 * w("cheekPuff");
    const drop = m.jaw.drop * 0.62;
    const wide = 4 * (w("mouthSmileLeft") + w("mouthSmileRight")) / 2;
    const path = mirrored([
      [0, -146], [58, -136], [temple, -78], [cheek, 0], [cheek - 4 + puff + wide, 44],
      [jaw + puff * 0.8, 84 + drop * 0.3], [chin + 14, length - 16 + drop * 0.92], [chin * 0.5, length + 1 + drop], [0, length + 3 + drop],
    ]);
    c.save();
    c.transform(1, 0, m.jaw.shift * 0.003, 1, 0, 0); // a jaw that slides takes the chin along
    fill(c, path, look.skin);
    inside(c, path, () => {
      this.#shading(look, length + drop);
      this.#cheeks(look, w);
      if (look.freckles) this.#freckles(look);
      if (look.stubble) this.#stubble(look, m, length + drop);
      this.#chin(look, w, length + drop);
    });
    stroke(c, path, mix(look.shade, "#3a150c", 0.35), 2, 0.55);
    c.restore();
    this.#folds(look, w, m);
  }

  #shading(look, bottom) {
    const c = this.context;
    const side = c.createLinearGradient(-110, 0, 112, 0);
    side.addColorStop(0, mix("#ffe2b8", null, 0.34));
    side.addColorStop(0.35, mix(look.skin, null, 0));
    side.addColorStop(0.66, mix(look.shade, null, 0.05));
    side.addColorStop(1, mix(look.shade, null, 0.72));
    c.fillStyle = side;
    c.fillRect(-130, -160, 260, 400);
    const under = c.createLinearGradient(0, bottom - 42, 0, bottom + 4);
    under.addColorStop(0, mix(look.shade, null, 0));
    under.addColorStop(1, mix(look.shade, null, 0.6));
    c.fillStyle = under;
    c.fillRect(-130, bottom - 42, 260, 60);
    const hat = c.createLinearGradient(0, -104, 0, -50);
    hat.addColorStop(0, mix(mix(look.shade, "#2a0d08", 0.4), null, 0.72));
    hat.addColorStop(1, mix(look.shade, null, 0));
    c.fillStyle = hat;
    c.fillRect(-130, -160, 260, 112);
    for (const s of [-1, 1]) glow(c, s * look.eye.x, look.eye.y - 4, 38, look.shade, 0.28);
  }

  #cheeks(look, w) {
    const c = this.context;
    for (const s of [-1, 1]) {
      const side = s > 0 ? "Left" : "Right";
      const up = 10 * w(`cheekSquint${side}`) + 8 * w(`mouthSmile${side}`);
      glow(c, s * 64, 40 - up, 40, look.blush, look.flush);
      glow(c, s * 62, 28 - up, 20, "#fff0d8", 0.16 + 0.16 * w("cheekPuff"));
    }
  }

  #freckles(look) {
    const next = chance(5);
    for (let i = 0; i < 26; i++) {
      const [x, y] = [(i % 2 ? 1 : -1) * (18 + next() * 62), 16 + next() * 26];
      fill(this.context, oval(x, y, 1.7, 1.5), look.shade, 0.5);
    }
  }

  #stubble(look, m, bottom) {
    const c = this.context;
    c.save();
    c.translate(0, bottom - 60);
    c.scale(1, 0.78);
    glow(c, 0, 0, 108, mix(look.hair, "#120d10", 0.45), 0.4);
    c.restore();
  }

  #chin(look, w, bottom) {
    const c = this.context;
    glow(c, 0, bottom - 20 - 5 * w("mouthShrugLower"), 22 + 6 * w("jawForward"), "#ffeed6", (look.stubble ? 0.07 : 0.18) + 0.2 * w("jawForward"));
    if (w("mouthShrugLower") < 0.1) return;
    for (const x of [-9, 0, 9]) stroke(c, open([[x - 3, bottom - 24], [x + 2, bottom - 19]]), look.shade, 2, 0.5 * w("mouthShrugLower"));
  }

  /** From the wings of the nose to beside the mouth: deeper in a smile or a sneer. */
  #folds(look, w, m) {
    const c = this.context;
    const y0 = look.mouth.y;
    for (const s of [-1, 1]) {
      const side = s > 0 ? "Left" : "Right";
      const [x, y] = m.corners[s > 0 ? 1 : 0];
      const depth = clamp(0.04 + 0.42 * w(`mouthSmile${side}`) + 0.4 * w(`noseSneer${side}`) + 0.3 * w(`mouthUpperUp${side}`) + 0.2 * w(`mouthStretch${side}`));
      const out = s * Math.max(Math.abs(x) + 13, 44);
      stroke(c, open([[s * (look.nose.width + 9), look.nose.y - 2], [out * 0.86, (look.nose.y + y0 + y) / 2 + 4], [out, y0 + y + 6]]), look.shade, 4.5, 0.6 * depth);
      const dent = clamp(0.6 * w(`mouthDimple${side}`) + 0.5 * w(`mouthPress${side}`) + 0.35 * w(`mouthSmile${side}`));
      if (dent > 0.05) stroke(c, open([[x + s * 7, y0 + y - 6], [x + s * 10, y0 + y], [x + s * 7, y0 + y + 6]]), look.shade, 2.6, 0.7 * dent);
    }
  }

  #mouth({ look, mouth: m }) {
    const c = this.context;
    c.save();
    c.translate(0, look.mouth.y);
    mouth.draw(c, m, look);
    c.restore();
  }

  #whiskers(f) {
    const c = this.context;
    c.save();
    c.translate(0, f.look.mouth.y);
    moustache(c, f);
    c.restore();
  }

  #nose({ look, w }) {
    const c = this.context;
    const { width, y, bridge } = look.nose;
    const lift = (s) => 6 * w(s > 0 ? "noseSneerLeft" : "noseSneerRight");
    stroke(c, open([[9, -8], [7 + bridge * 5, y - 26], [width * 0.8, y - 9]]), look.shade, 5, 0.16 + bridge * 0.3);
    fill(c, oval(0, y - 5, width * 0.98, width * 0.74), mix(look.skin, look.blush, 0.14));
    for (const s of [-1, 1]) {
      fill(c, oval(s * width * 0.82, y - 1 - lift(s), width * 0.42, width * 0.38), mix(look.skin, look.blush, 0.17));
      stroke(c, open([[s * width * 1.12, y - 8 - lift(s)], [s * width * 1.24, y + 1 - lift(s)], [s * width * 0.86, y + 6 - lift(s)]]), look.shade, 2.6, 0.7);
      fill(c, oval(s * width * 0.44, y + 5 - lift(s) * 0.5, width * 0.22, 2.6), mix(look.shade, "#2a0d08", 0.5), 0.7);
      if (lift(s) > 0.6) for (const k of [0, 7]) stroke(c, open([[s * 6, y - 34 + k], [s * 12, y - 39 + k]]), look.shade, 2, lift(s) / 9);
    }
    glow(c, -width * 0.28, y - 9, width * 0.62, "#fff4e2", 0.6);
    if (look.scar) stroke(c, open([[-64, 14], [-56, 34], [-60, 56]]), mix(look.skin, "#fff0e6", 0.55), 3.2, 0.75);
  }
}
