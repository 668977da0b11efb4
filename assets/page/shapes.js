// Curves and colours the drawings are made of.

/** A smooth closed curve through `points` ([x, y] each), Catmull-Rom as beziers. */
export function closed(points, tension = 1) {
  const path = new Path2D();
  const at = (i) => points[(i + points.length) % points.length];
  path.moveTo(...points[0]);
  for (let i = 0; i < points.length; i++) bend(path, at(i - 1), at(i), at(i + 1), at(i + 2), tension);
  path.closePath();
  return path;
}

/** A smooth open curve through `points`, appended to `path`. */
export function open(points, path = new Path2D(), join = false) {
  const at = (i) => points[Math.max(0, Math.min(points.length - 1, i))];
  if (join) path.lineTo(...points[0]);
  else path.moveTo(...points[0]);
  for (let i = 0; i < points.length - 1; i++) bend(path, at(i - 1), at(i), at(i + 1), at(i + 2), 1);
  return path;
}

function bend(path, before, from, to, after, tension) {
  const k = tension / 6;
  path.bezierCurveTo(
    from[0] + (to[0] - before[0]) * k, from[1] + (to[1] - before[1]) * k,
    to[0] - (after[0] - from[0]) * k, to[1] - (after[1] - from[1]) * k,
    to[0], to[1],
  );
}

/** The same points on both sides: `half` runs down the right side, from the middle of the top to that of the bottom. */
export function mirrored(half) {
  const left = half.filter(([x]) => x !== 0).map(([x, y]) => [-x, y]).reverse();
  return closed([...half, ...left]);
}

export function oval(x, y, rx, ry, turn = 0) {
  const path = new Path2D();
  path.ellipse(x, y, Math.max(0, rx), Math.max(0, ry), turn, 0, Math.PI * 2);
  return path;
}

/** A round glow that fades to nothing. */
export function glow(c, x, y, radius, colour, alpha = 1) {
  const paint = c.createRadialGradient(x, y, 0, x, y, radius);
  paint.addColorStop(0, mix(colour, null, alpha));
  paint.addColorStop(1, mix(colour, null, 0));
  c.fillStyle = paint;
  c.fillRect(x - radius, y - radius, radius * 2, radius * 2);
}

export function down(c, y0, y1, ...colours) {
  return stops(c.createLinearGradient(0, y0, 0, y1), colours);
}

export function across(c, x0, x1, ...colours) {
  return stops(c.createLinearGradient(x0, 0, x1, 0), colours);
}

function stops(gradient, colours) {
  colours.forEach((colour, i) => gradient.addColorStop(i / (colours.length - 1), colour));
  return gradient;
}

export function stroke(c, path, colour, width, alpha = 1) {
  c.save();
  c.globalAlpha *= alpha;
  c.strokeStyle = colour;
  c.lineWidth = width;
  c.lineCap = c.lineJoin = "round";
  c.stroke(path);
  c.restore();
}

export function fill(c, path, colour, alpha = 1) {
  c.save();
  c.globalAlpha *= alpha;
  c.fillStyle = colour;
  c.fill(path);
  c.restore();
}

/** Draw only inside `path`. */
export function inside(c, path, draw) {
  c.save();
  c.clip(path);
  draw();
  c.restore();
}

/** `a` on the way to `b` (hex colours); with `b` null, `a` at this opacity. */
export function mix(a, b, share) {
  const from = channels(a);
  if (b === null) return `rgba(${from.join(",")},${share})`;
  const to = channels(b);
  return `#${from.map((v, i) => Math.round(v + (to[i] - v) * share).toString(16).padStart(2, "0")).join("")}`;
}

function channels(hex) {
  return [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
}

export const clamp = (value, low = 0, high = 1) => Math.max(low, Math.min(high, value));
export const lerp = (a, b, share) => a + (b - a) * share;

/** The same fractions in [0, 1) every time for one seed: freckles and lights stay where they are. */
export function chance(seed) {
  let state = seed >>> 0 || 1;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
