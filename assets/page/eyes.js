// Eyes and brows from ARKit weights. "Left" is the character's own left: the right side of the picture.

import { clamp, closed, fill, inside, lerp, mix, open, oval, stroke } from "./shapes.js";

const LOOK_X = 10;
const LOOK_Y = 7;

export function draw(c, w, look) {
  for (const side of [-1, 1]) {
    c.save();
    c.translate(side * look.eye.x, look.eye.y);
    eye(c, w, look, side);
    c.restore();
    brow(c, w, look, side);
  }
}

function eye(c, w, look, side) {
  const of = (name) => w(name + (side > 0 ? "Left" : "Right"));
  const { half, top, bottom, tilt = 2 } = look.eye;
  const gaze = {
    x: side * LOOK_X * (of("eyeLookOut") - of("eyeLookIn")),
    y: LOOK_Y * (of("eyeLookDown") - of("eyeLookUp")),
  };
  const squint = clamp(0.8 * of("eyeSquint") + 0.6 * of("cheekSquint"));
  // The lid follows a falling gaze; a blink brings it to the lower lid, which comes a little to meet it.
  const shut = clamp(of("eyeBlink") + 0.3 * of("eyeLookDown"));
  const low = lerp(bottom * (1 - 0.55 * squint), bottom * 0.72, of("eyeBlink"));
  const high = lerp(-top * (1 + 0.3 * of("eyeWide") - 0.22 * squint), low, shut);
  const rim = (height, lift = 0) => [
    [-side * half, 3 + lift * 0.4],
    [-side * half * 0.52, height * 0.86 + 1 + lift],
    [side * half * 0.12, height + lift],
    [side * half * 0.68, height * 0.72 - tilt * 0.4 + lift],
    [side * half * 1.06, -tilt + lift * 0.4],
  ];
  const upper = rim(high);
  const lower = rim(low);
  const socket = open(rim(-top * 1.12));
  open([...lower].reverse(), socket, true);
  fill(c, socket, mix(look.skin, look.shade, 0.42)); // the lid, where it has come down
  if (low - high > 1) {
    const slit = open(upper);
    open([...lower].reverse(), slit, true);
    inside(c, slit, () => ball(c, look, gaze, high));
  }
  lashes(c, look, upper, lower, { side, half, shut });
  stroke(c, open(rim(lerp(-top * 1.12, high, 0.25), -5)), look.shade, 2, 0.55);
  if (squint > 0.1) stroke(c, open(rim(low, 6).slice(1, 4)), look.shade, 2, 0.5 * squint);
}

function ball(c, look, { x, y }, high) {
  const r = look.eye.iris ?? 11.5;
  c.fillStyle = "#fbf3e6";
  c.fillRect(-40, -40, 80, 80);
  fill(c, oval(x, y - 1, r, r), mix(look.iris, "#100804", 0.62));
  fill(c, oval(x, y - 0.5, r - 1.6, r - 1.6), look.iris);
  fill(c, oval(x, y + r * 0.36, r * 0.68, r * 0.46), mix(look.iris, "#ffe9b0", 0.5), 0.6);
  fill(c, oval(x, y - 1, r * 0.46, r * 0.46), "#120906");
  fill(c, oval(x - r * 0.34, y - r * 0.46, r * 0.26, r * 0.3), "#fffdf6", 0.95);
  fill(c, oval(x + r * 0.36, y + r * 0.3, r * 0.13, r * 0.13), "#fffdf6", 0.6);
  c.fillStyle = "rgba(70,32,20,.26)";
  c.fillRect(-40, high - 2, 80, 7); // the shadow of the lid
}

function lashes(c, look, upper, lower, { side, half, shut }) {
  stroke(c, open(upper), look.lash ?? "#2c1712", look.eye.lash, 0.95);
  stroke(c, open(lower.slice(1)), look.shade, 1.6, 0.6);
  if (!look.eye.wing) return;
  const [x, y] = upper[4];
  const wing = new Path2D();
  wing.moveTo(x - side * 1, y);
  wing.quadraticCurveTo(x + side * 5, y - 2 + 3 * shut, x + side * 8, y - 6 + 9 * shut);
  stroke(c, wing, look.lash ?? "#2c1712", look.eye.lash * 0.75);
  const second = new Path2D();
  second.moveTo(side * half * 0.74, upper[3][1]);
  second.quadraticCurveTo(side * half * 0.95, upper[3][1] - 3 + 3 * shut, side * half * 1.08, upper[3][1] - 7 + 11 * shut);
  stroke(c, second, look.lash ?? "#2c1712", look.eye.lash * 0.55);
}

function brow(c, w, look, side) {
  const of = (name) => w(name + (side > 0 ? "Left" : "Right"));
  const { y, inner, outer, arch, thick, fall = 0 } = look.brow;
  const up = w("browInnerUp");
  const sink = of("browDown");
  const lift = of("browOuterUp");
  const points = [
    [side * (inner - 5 * sink + 2 * up), y - 13 * up + 10 * sink + fall],
    [side * lerp(inner, outer, 0.4), y - arch * 0.8 - 6 * up - 6 * lift + 7 * sink + fall * 0.5],
    [side * lerp(inner, outer, 0.72), y - arch - 12 * lift + 4 * sink],
    [side * outer, y + 2 - 9 * lift + 3 * sink],
  ];
  const taper = [0.85, 1, 0.72, 0.12];
  const shape = closed([
    ...points.map(([x, py], i) => [x, py - (thick * taper[i]) / 2]),
    ...points.map(([x, py], i) => [x, py + (thick * taper[i]) / 2]).reverse(),
  ], 0.9);
  fill(c, shape, look.brow.colour);
  if (sink > 0.15) {
    const crease = new Path2D();
    crease.moveTo(side * 6, y + 2 + 6 * sink);
    crease.lineTo(side * 7.5, y + 16 + 6 * sink);
    stroke(c, crease, look.shade, 2.2, 0.6 * sink);
  }
}
