// The mouth, drawn from ARKit weights: two lips that meet, teeth that stay with their jaws, a tongue.

import { clamp, closed, fill, inside, lerp, mix, open, oval, stroke } from "./shapes.js";

const JAW = 52; // how far the lower teeth drop at jawOpen = 1, in units of the drawing
const SHUT = 1.3; // a smaller gap is drawn as the seam of closed lips, so that closures read as closed
const STEPS = [-1, -0.96, -0.86, -0.7, -0.5, -0.26, 0, 0.26, 0.5, 0.7, 0.86, 0.96, 1];

/** Where everything of the mouth is for this frame, around the middle of its resting seam. `w(name)` gives a weight. */
export function shape(w, { half, upper, lower }) {
  const both = (name) => (w(`${name}Left`) + w(`${name}Right`)) / 2;
  const round = clamp(w("mouthPucker") + 0.8 * w("mouthFunnel"));
  const shift = 13 * (w("mouthLeft") - w("mouthRight"));
  const jaw = { drop: JAW * w("jawOpen"), shift: 13 * (w("jawLeft") - w("jawRight")), forward: w("jawForward") };
  const gap = opening(w, both, jaw);
  // Lips that close over a dropped jaw meet lower than at rest.
  const seam = 0.42 * JAW * Math.min(w("jawOpen"), w("mouthClose")) - 4 * w("mouthShrugLower") - 3 * w("mouthShrugUpper") + 0.03 * gap;
  const corners = [-1, 1].map((side) => corner(w, side, { half, shift, gap, round, seam }));
  const raise = (side) => 11 * w(side > 0 ? "mouthUpperUpLeft" : "mouthUpperUpRight");
  const lowered = (side) => 11 * w(side > 0 ? "mouthLowerDownLeft" : "mouthLowerDownRight");
  const press = both("mouthPress");
  return {
    jaw, gap, seam, corners, round, press, shift,
    top: (t) => seam + 3 * both("mouthSmile") - 5 * w("mouthFunnel") - lerp(raise(-1), raise(1), (t + 1) / 2),
    bottom: (t) => seam + 3 * both("mouthSmile") + gap + lerp(lowered(-1), lowered(1), (t + 1) / 2),
    upper: upper * clamp(1 - 0.8 * w("mouthRollUpper") - 0.4 * press + 0.55 * w("mouthPucker") + 0.4 * w("mouthFunnel") - 0.25 * both("mouthStretch"), 0.16, 2),
    lower: lower * clamp(1 - 0.85 * w("mouthRollLower") - 0.4 * press + 0.4 * w("mouthPucker") + 0.35 * w("mouthFunnel") - 0.2 * both("mouthStretch") + 0.2 * jaw.forward + 0.15 * w("mouthShrugLower"), 0.14, 2),
    covered: clamp(0.9 * w("mouthFunnel") + 0.9 * w("mouthPucker")),
    tongue: w("tongueOut"),
  };
}

function opening(w, both, jaw) {
  const jawGap = Math.max(0, w("jawOpen") - w("mouthClose")) * JAW;
  const lips = 6 * w("mouthFunnel") - 4 * w("mouthPucker") - 7 * both("mouthPress") - 3 * w("mouthRollLower") - 3 * w("mouthRollUpper") - 3 * w("mouthShrugLower");
  const parted = both("mouthUpperUp") + both("mouthLowerDown") > 0.08 ? 1.5 : 0;
  const gap = Math.max(jawGap + lips + parted, 8 * w("tongueOut") + jaw.drop * 0.2 * w("tongueOut"));
  return gap < SHUT ? 0 : gap;
}

function corner(w, side, { half, shift, gap, round, seam }) {
  const of = (name) => w(name + (side > 0 ? "Left" : "Right"));
  const wide = 0.3 * of("mouthSmile") + 0.26 * of("mouthStretch") + 0.14 * of("mouthDimple") + 0.05 * of("mouthPress");
  const narrow = clamp(0.5 * w("mouthPucker") + 0.33 * w("mouthFunnel"), 0, 0.66);
  const x = side * half * (1 + wide) * (1 - narrow) * (1 - 0.0035 * gap) + shift;
  const y = seam + 0.4 * gap - 19 * of("mouthSmile") + 13 * of("mouthFrown") + 2 * of("mouthStretch") - 4 * of("mouthDimple");
  return [x, lerp(y, seam + gap / 2, round)];
}

export function draw(c, m, look) {
  const curves = contours(m);
  shadow(c, m, look);
  if (m.gap > 0 || curves.apart) inside(c, curves.hole, () => interior(c, m, look));
  lips(c, m, curves, look);
  if (m.tongue > 0.05) tongueOut(c, m);
}

function contours(m) {
  const [[lx, ly], [rx, ry]] = m.corners;
  const line = (height) => STEPS.map((t) => {
    const edge = lerp(ly, ry, (t + 1) / 2);
    return [lerp(lx, rx, (t + 1) / 2), edge + (height(t) - edge) * profile(t, m)];
  });
  const top = line(m.top);
  const bottom = line((t) => Math.max(m.top(t), m.bottom(t)));
  const thick = (points, amount) => points.map(([x, y], i) => [x * 1.02 + Math.sign(STEPS[i]) * 2 * (1 - Math.abs(STEPS[i])), y + amount(STEPS[i])]);
  const bowed = (t) => 1 - Math.abs(t) ** 2.1 - 0.2 * Math.exp(-((t / 0.13) ** 2));
  const above = thick(top, (t) => -m.upper * Math.max(0, bowed(t)) - 0.6);
  const below = thick(bottom, (t) => m.lower * (1 - Math.abs(t) ** 2.3) + 0.6);
  const ring = (a, b) => {
    const path = open(a);
    open([...b].reverse(), path, true);
    path.closePath();
    return path;
  };
  const apart = bottom.some(([, y], i) => y - top[i][1] > SHUT);
  return { top, bottom, above, below, apart, hole: ring(top, bottom), upperLip: ring(above, top), lowerLip: ring(bottom, below) };
}

/** From the corner (0) to the middle (1) of a lip: a flat curve at rest, an ellipse where the mouth is round or wide open. */
function profile(t, m) {
  const flat = 1 - Math.abs(t) ** 2;
  return lerp(flat, Math.sqrt(flat), clamp(Math.max(m.round * 1.2, m.gap / 34)));
}

function interior(c, m, look) {
  const middle = (m.corners[0][0] + m.corners[1][0]) / 2;
  const reach = (m.corners[1][0] - m.corners[0][0]) / 2 + 6;
  c.fillStyle = "#35100f";
  c.fillRect(-90, -60, 180, 180);
  const floor = Math.max(10, m.bottom(0) - 4 - 0.1 * m.gap) + 16 * m.covered;
  fill(c, oval(middle + m.jaw.shift * 0.6, floor + 8, reach * 0.66, 13 + m.gap * 0.14), "#c25b57");
  fill(c, oval(middle + m.jaw.shift * 0.6, floor + 4, reach * 0.3, 5 + m.gap * 0.08), "#da7d74", 0.55);
  const hidden = lerp(0, 9, m.covered);
  const teeth = look.teeth ?? "#f6ead9";
  row(c, middle, -6 - hidden, reach * 0.86, 13, teeth, 1);
  row(c, middle + m.jaw.shift, m.jaw.drop + 5 + hidden, reach * 0.72, 9, mix(teeth, "#7a4a3a", 0.2), -1);
  // Lips throw a shadow into the mouth.
  stroke(c, open(STEPS.map((t) => [lerp(m.corners[0][0], m.corners[1][0], (t + 1) / 2), lerp(lerp(m.corners[0][1], m.corners[1][1], (t + 1) / 2), m.top(t), profile(t, m))])), "#2a0a0a", 5, 0.32);
}

/** A row of teeth, `height` from its gum; `way` 1 hangs, -1 stands. */
function row(c, x, y, half, height, colour, way) {
  const edge = y + (way > 0 ? height : 0);
  const path = new Path2D();
  path.roundRect(x - half, y, half * 2, height, way > 0 ? [3, 3, 6, 6] : [6, 6, 3, 3]);
  fill(c, path, colour);
  for (const k of [-0.55, -0.27, 0, 0.27, 0.55]) {
    const gapLine = new Path2D();
    gapLine.moveTo(x + k * half, edge);
    gapLine.lineTo(x + k * half, edge - way * height * 0.55);
    stroke(c, gapLine, "#8a6a55", 0.8, 0.35);
  }
}

function lips(c, m, curves, look) {
  fill(c, curves.upperLip, mix(look.lip, "#3a0f12", 0.16));
  fill(c, curves.lowerLip, look.lip);
  if (m.lower > 4) shine(c, m, curves, look);
  const seamColour = mix(look.lip, "#2a0508", 0.72);
  if (!curves.apart) stroke(c, open(curves.top), seamColour, 2.1 + 0.9 * m.press, 0.95);
  else {
    stroke(c, open(curves.top), seamColour, 1.4, 0.75);
    stroke(c, open(curves.bottom), seamColour, 1, 0.35);
  }
  m.corners.forEach(([x, y]) => fill(c, oval(x, y, 1.9, 1.5), seamColour, 0.4));
}

/** Light on the lower lip, soft at both ends. */
function shine(c, m, curves, look) {
  const [x, y] = curves.below[6];
  const half = (m.corners[1][0] - m.corners[0][0]) * 0.2;
  fill(c, oval(x - half * 0.25, y - m.lower * 0.55, half, m.lower * 0.2), "#ffe9dc", look.gloss * 0.55);
  fill(c, oval(x - half * 0.35, y - m.lower * 0.57, half * 0.55, m.lower * 0.12), "#fff6ee", look.gloss * 0.8);
}

function shadow(c, m, look) {
  const y = m.bottom(0) + m.lower + 5;
  const width = (m.corners[1][0] - m.corners[0][0]) * 0.27;
  stroke(c, open([[m.shift - width, y - 1], [m.shift, y + 2], [m.shift + width, y - 1]]), look.shade, 7, 0.16);
}

function tongueOut(c, m) {
  const y = m.top(0) + Math.min(m.gap * 0.35, 6);
  const end = m.bottom(0) + m.lower + 30 * m.tongue;
  const half = 15 * Math.min(1, 0.55 + m.tongue * 0.45);
  const x = m.shift;
  const path = closed([[x, y], [x + half * 0.9, y + 3], [x + half, lerp(y, end, 0.6)], [x, end], [x - half, lerp(y, end, 0.6)], [x - half * 0.9, y + 3]]);
  fill(c, path, "#d0625f");
  stroke(c, path, "#7c2b2d", 1.4, 0.5);
  stroke(c, open([[x, y + 5], [x, lerp(y, end, 0.72)]]), "#93393b", 2, 0.55);
  // The upper lip stays in front of it.
  stroke(c, open([[x - half, m.top(-0.3)], [x, m.top(0)], [x + half, m.top(0.3)]]), "#5e1f22", 2, 0.6);
}
