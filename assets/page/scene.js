// What stands behind a character. Painted once a size, not once a frame.

import { across, chance, closed, down, fill, glow, open, oval, stroke } from "./shapes.js";

const props = {
  hearth(c, w, h) {
    glow(c, w * 0.06, h * 0.8, h * 0.62, "#ff7a2a", 0.5);
    glow(c, w * 0.04, h * 0.84, h * 0.26, "#ffd27a", 0.45);
  },

  shelf(c, w, h) {
    const y = h * 0.4;
    c.fillStyle = "#21100a";
    c.fillRect(w * 0.64, y, w * 0.4, h * 0.018);
    const glass = ["#6b3d1c", "#3f4a28", "#70321f", "#54402a", "#2f3b3a"];
    glass.forEach((colour, i) => {
      const [x, r] = [w * (0.68 + i * 0.07), h * 0.022];
      const tall = r * (2.4 + (i % 3));
      c.fillStyle = colour;
      c.beginPath();
      c.roundRect(x - r, y - tall, r * 2, tall, [r, r, 2, 2]);
      c.roundRect(x - r * 0.4, y - tall - r * 1.6, r * 0.8, r * 2, 2);
      c.fill();
      c.fillStyle = "rgba(255,190,110,.28)";
      c.fillRect(x - r * 0.7, y - tall * 0.8, r * 0.3, tall * 0.6);
    });
  },

  lanterns(c, w, h) {
    const cord = open([[0, h * 0.03], [w * 0.25, h * 0.08], [w * 0.5, h * 0.09], [w * 0.75, h * 0.08], [w, h * 0.03]]);
    stroke(c, cord, "#000000", 2, 0.6);
    for (const [x, y, r] of [[0.1, 0.17, 0.06], [0.88, 0.2, 0.07], [0.3, 0.13, 0.038], [0.7, 0.13, 0.036]]) {
      const [px, py, pr] = [w * x, h * y, h * r];
      glow(c, px, py, pr * 3.4, "#ff6a35", 0.55);
      fill(c, oval(px, py, pr, pr * 1.18), down(c, py - pr, py + pr, "#ffb36b", "#f0532f", "#8f1f18"));
      for (const k of [-0.5, 0, 0.5]) stroke(c, open([[px - pr * 0.9, py + pr * k], [px, py + pr * (k + 0.14)], [px + pr * 0.9, py + pr * k]]), "#5b120d", 1, 0.5);
      c.fillStyle = "#1a0b0a";
      c.fillRect(px - pr * 0.35, py - pr * 1.3, pr * 0.7, pr * 0.2);
      c.fillRect(px - pr * 0.35, py + pr * 1.12, pr * 0.7, pr * 0.2);
    }
  },

  stones(c, w, h) {
    const next = chance(23);
    const tall = h / 11;
    for (let row = 0; row < 12; row++) {
      let x = -next() * tall;
      while (x < w) {
        const wide = tall * (1.2 + next() * 1.2);
        c.fillStyle = `rgba(${90 + next() * 40},${96 + next() * 40},${112 + next() * 36},${0.1 + next() * 0.12})`;
        c.beginPath();
        c.roundRect(x + 2, row * tall + 2, wide - 4, tall - 4, 5);
        c.fill();
        x += wide;
      }
    }
  },

  torch(c, w, h) {
    const [x, y] = [w * 0.09, h * 0.3];
    glow(c, x, y, h * 0.52, "#ff9a3d", 0.5);
    c.fillStyle = "#2a1a10";
    c.fillRect(x - h * 0.008, y, h * 0.016, h * 0.16);
    const r = h * 0.034;
    const flame = (s) => closed([[x, y - r * 3 * s], [x + r * s, y - r * 0.8 * s], [x + r * 0.7 * s, y + r * 0.5], [x - r * 0.7 * s, y + r * 0.5], [x - r * s, y - r * 0.6 * s]]);
    fill(c, flame(1), "#ff8a2a");
    fill(c, flame(0.6), "#ffe08a");
  },
};

export function paintScene(c, w, h, scene) {
  c.fillStyle = down(c, 0, h, scene.top, scene.low);
  c.fillRect(0, 0, w, h);
  for (const prop of scene.props) props[prop](c, w, h);
  lights(c, w, h, scene.light);
  glow(c, w / 2, h * 0.42, h * 0.5, scene.light, 0.2);
  const edge = c.createRadialGradient(w / 2, h * 0.5, h * 0.3, w / 2, h * 0.5, Math.max(w, h) * 0.75);
  edge.addColorStop(0, "rgba(8,4,3,0)");
  edge.addColorStop(1, "rgba(8,4,3,.72)");
  c.fillStyle = edge;
  c.fillRect(0, 0, w, h);
  c.fillStyle = across(c, 0, w, "rgba(255,170,90,.06)", "rgba(0,0,0,0)");
  c.fillRect(0, 0, w, h);
}

/** Far lights, out of focus. */
function lights(c, w, h, colour) {
  const next = chance(3);
  for (let i = 0; i < 22; i++) glow(c, next() * w, next() * h * 0.8, h * (0.008 + next() * 0.03), colour, 0.12 + next() * 0.2);
}
