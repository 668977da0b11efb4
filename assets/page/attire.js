// Hair, hats and clothes. Each piece paints itself around the middle of the face; `f` has the look, pose and mouth.

import { across, chance, closed, down, fill, glow, inside, mix, open, oval, stroke } from "./shapes.js";

export const attire = {
  curls(c, { look }) {
    const hair = down(c, -120, 200, mix(look.hair, "#ffb066", 0.12), mix(look.hair, "#1a0805", 0.45));
    const lock = (s) => closed([[s * 70, -110], [s * 118, -40], [s * 126, 40], [s * 108, 110], [s * 122, 168], [s * 92, 196], [s * 66, 150], [s * 60, 20]]);
    for (const s of [-1, 1]) {
      fill(c, lock(s), hair);
      for (const k of [0, 1, 2]) stroke(c, open([[s * (96 + k * 8), -10], [s * (104 + k * 6), 70], [s * (88 + k * 9), 130], [s * (94 + k * 6), 172]]), k === 1 ? "#d9793f" : "#45170b", 3, 0.4);
    }
  },

  headscarf(c, { look }) {
    const cloth = down(c, -190, -50, mix(look.cloth, "#ffb48a", 0.2), look.cloth, mix(look.cloth, "#2a0806", 0.35));
    const dome = closed([[0, -186], [62, -174], [106, -122], [114, -64], [104, -52], [62, -92], [0, -104], [-62, -92], [-104, -52], [-114, -64], [-106, -122], [-62, -174]]);
    fill(c, dome, cloth);
    inside(c, dome, () => {
      const next = chance(11);
      for (let y = -180; y < -50; y += 25) {
        for (let x = -110; x < 120; x += 29) fill(c, oval(x + (Math.round(y / 25) % 2) * 14 + next() * 3, y + next() * 3, 4, 4), look.trim, 0.85);
      }
      glow(c, 50, -160, 90, "#ffd9a8", 0.25);
    });
    inside(c, dome, () => {
      stroke(c, open([[-116, -50], [-62, -94], [0, -106], [62, -94], [116, -50]]), mix(look.cloth, "#1c0504", 0.5), 12);
      stroke(c, open([[-116, -55], [-62, -99], [0, -111], [62, -99], [116, -55]]), look.trim, 3);
    });
    // The knot, on her left.
    fill(c, closed([[108, -74], [146, -104], [158, -84], [120, -56]]), mix(look.cloth, "#2a0806", 0.2));
    fill(c, closed([[110, -62], [150, -48], [150, -18], [116, -46]]), mix(look.cloth, "#2a0806", 0.38));
    fill(c, oval(112, -64, 13, 15, 0.4), mix(look.cloth, "#ffb48a", 0.14));
  },

  fringe(c, { look }) {
    for (const s of [-1, 1]) {
      fill(c, closed([[s * 4, -112], [s * 52, -100], [s * 92, -60], [s * 101, -8], [s * 93, 12], [s * 84, -30], [s * 58, -66], [s * 20, -88]]), mix(look.hair, "#ffb066", 0.06));
      stroke(c, open([[s * 20, -104], [s * 62, -82], [s * 90, -38], [s * 95, -4]]), mix(look.hair, "#ffc080", 0.4), 2.5, 0.5);
    }
  },

  earrings(c, { look }) {
    for (const s of [-1, 1]) {
      stroke(c, oval(s * 108, 54, 8, 10), mix(look.trim, "#6b4310", 0.3), 4.4);
      stroke(c, oval(s * 107, 53, 8, 10), "#ffe3a1", 1.6);
    }
  },

  blouse(c, { look }) {
    shoulders(c, look.shirt, 172);
    fill(c, closed([[-150, 250], [-112, 204], [-66, 214], [-40, 300], [-40, 420], [-190, 420]]), look.dress);
    fill(c, closed([[150, 250], [112, 204], [66, 214], [40, 300], [40, 420], [190, 420]]), look.dress);
    fill(c, closed([[-62, 258], [0, 272], [62, 258], [70, 420], [-70, 420]]), mix(look.dress, "#14180c", 0.25));
    for (const y of [276, 300, 324]) {
      stroke(c, open([[-24, y], [24, y + 16]]), look.trim, 3);
      stroke(c, open([[24, y], [-24, y + 16]]), look.trim, 3);
    }
    collar(c, look.shirt, look.shade);
  },

  bun(c, { look }) {
    for (const [x0, y0, x1, y1] of [[-52, -206, 66, -158], [-40, -222, 58, -150]]) {
      stroke(c, open([[x0, y0], [x1, y1]]), "#b98a4b", 5);
      fill(c, oval(x0, y0, 5, 5), look.trim);
    }
    fill(c, oval(6, -176, 42, 33), look.hair);
    for (const k of [-16, 0, 16]) stroke(c, open([[-28, -176 + k], [6, -184 + k], [40, -174 + k]]), mix(look.hair, "#b07a5a", 0.4), 2.5, 0.6);
    fill(c, closed([[-96, -30], [-110, -88], [-74, -146], [0, -160], [74, -146], [110, -88], [96, -30], [60, 20], [-60, 20]]), down(c, -160, -60, mix(look.hair, "#b07a5a", 0.22), look.hair));
    for (const k of [-60, -30, 0, 30, 60]) stroke(c, open([[k * 0.3, -158], [k, -138], [k * 1.3, -112]]), mix(look.hair, "#b07a5a", 0.45), 2, 0.5);
    for (const s of [-1, 1]) fill(c, closed([[s * 90, -60], [s * 112, -10], [s * 106, 50], [s * 116, 92], [s * 96, 74], [s * 88, 20]]), look.hair);
  },

  sideburns(c, { look }) {
    for (const s of [-1, 1]) {
      fill(c, closed([[s * 96, -84], [s * 102, -20], [s * 96, 22], [s * 87, -6], [s * 83, -62]], 0.8), look.hair);
      fill(c, closed([[s * 10, -92], [s * 40, -66], [s * 52, -84], [s * 74, -54], [s * 94, -70], [s * 90, -108], [0, -118]], 0.5), mix(look.hair, "#7a4a3a", 0.08));
    }
  },

  bandana(c, { look }) {
    const crown = closed([[-103, -100], [-78, -144], [0, -164], [78, -144], [103, -100], [50, -118], [0, -124], [-50, -118]]);
    fill(c, crown, down(c, -164, -110, mix(look.hair, "#b07a5a", 0.24), look.hair));
    for (const k of [-66, -34, 0, 34, 66]) stroke(c, open([[k * 0.35, -160], [k * 0.9, -142], [k * 1.25, -118]]), mix(look.hair, "#b07a5a", 0.45), 2, 0.5);
    const band = closed([[-107, -106], [-54, -132], [0, -138], [54, -132], [107, -106], [106, -70], [54, -96], [0, -103], [-54, -96], [-106, -70]], 0.9);
    fill(c, band, down(c, -138, -70, "#fffaf0", look.cloth, mix(look.cloth, "#7a4a30", 0.35)));
    inside(c, band, () => {
      for (const x of [-84, -56, -28, 0, 28, 56, 84]) fill(c, oval(x + 14, -117 + (x * x) / 500, 4, 4), "#2f6a62");
      for (const x of [-84, -56, -28, 0, 28, 56, 84]) stroke(c, open([[x - 4, -136], [x + 4, -70]]), look.trim, 5, 0.75);
    });
    stroke(c, open([[-106, -69], [-54, -95], [0, -102], [54, -95], [106, -69]]), "#5b2c1b", 4, 0.35);
    fill(c, closed([[104, -100], [140, -128], [152, -106], [118, -84]]), look.cloth);
    fill(c, closed([[106, -86], [146, -76], [142, -52], [112, -70]]), mix(look.cloth, "#7a4a30", 0.3));
    fill(c, oval(108, -89, 10, 13), mix(look.cloth, "#7a4a30", 0.12));
  },

  happi(c, { look }) {
    shoulders(c, look.shirt, 168);
    for (const s of [-1, 1]) {
      fill(c, closed([[s * 34, 168], [s * 62, 172], [s * 34, 262], [s * 22, 420], [s * -14, 420], [s * 4, 250]], 0.7), look.dress);
      stroke(c, open([[s * 40, 172], [s * 12, 258], [s * -4, 420]]), "#ffd9a8", 2, 0.4);
    }
    fill(c, closed([[-32, 164], [0, 232], [32, 164], [0, 178]], 0.5), "#f3e6cf");
    for (const s of [-1, 1]) stroke(c, oval(s * 118, 262, 22, 22), "#f3e6cf", 3, 0.35);
  },

  coif(c, { look }) {
    fill(c, closed([[-112, -80], [-122, 20], [-118, 110], [-136, 214], [136, 214], [118, 110], [122, 20], [112, -80], [0, -150]], 0.9), down(c, -80, 220, "#7d858b", "#3b4147"));
    rings(c, closed([[-112, -80], [-122, 20], [-118, 110], [-136, 214], [136, 214], [118, 110], [122, 20], [112, -80], [0, -150]], 0.9));
  },

  mail(c, { look }) {
    shoulders(c, look.shirt, 170);
    rings(c, closed([[-190, 420], [-176, 236], [-110, 186], [0, 176], [110, 186], [176, 236], [190, 420]], 0.8));
    const tabard = closed([[-92, 420], [-96, 216], [-60, 206], [0, 236], [60, 206], [96, 216], [92, 420]], 0.5);
    fill(c, tabard, across(c, -96, 96, mix(look.dress, "#5d86b0", 0.25), look.dress, mix(look.dress, "#05080c", 0.35)));
    stroke(c, open([[-60, 206], [0, 236], [60, 206]]), look.trim, 5);
    fill(c, closed([[0, 256], [26, 264], [22, 298], [0, 316], [-22, 298], [-26, 264]], 0.6), look.trim);
    fill(c, closed([[0, 264], [8, 282], [0, 304], [-8, 282]], 0.3), look.dress);
  },

  helmet(c, { look }) {
    const dome = closed([[0, -196], [58, -182], [100, -136], [112, -78], [0, -96], [-112, -78], [-100, -136], [-58, -182]], 0.9);
    fill(c, dome, across(c, -110, 110, "#5e666d", "#c3cacd", "#8d969d", "#464c52"));
    inside(c, dome, () => glow(c, -34, -150, 70, "#fff4dd", 0.5));
    fill(c, closed([[-10, -200], [10, -200], [12, -90], [-12, -90]], 0.3), across(c, -12, 12, "#7c848a", "#dfe4e4", "#5b6167"));
    const brim = closed([[-152, -58], [-112, -92], [0, -112], [112, -92], [152, -58], [118, -62], [60, -76], [0, -80], [-60, -76], [-118, -62]], 0.9);
    fill(c, brim, down(c, -112, -56, "#b9c1c5", "#767e84", "#3f454a"));
    stroke(c, open([[-150, -58], [-60, -76], [0, -80], [60, -76], [150, -58]]), "#e8eceb", 2, 0.55);
    for (const x of [-88, -58, -28, 28, 58, 88]) fill(c, oval(x, -99 + (x * x) / 640, 3.6, 3.6), look.trim);
  },

  bowl(c, { look, time, still }) {
    c.save();
    c.translate(-112, 208);
    fill(c, closed([[-62, 0], [62, 0], [46, 54], [-46, 54]], 0.5), down(c, 0, 54, "#d63d2e", "#7c1d17"));
    stroke(c, open([[-54, 20], [54, 20]]), "#f3d9a8", 3, 0.8);
    fill(c, oval(0, 0, 63, 13), "#f3e6cf");
    fill(c, oval(0, 1, 56, 9), "#b06a2c");
    for (const x of [-36, -18, 0, 18, 36]) stroke(c, open([[x - 14, 2], [x, -4], [x + 14, 2]]), "#f2d38b", 4);
    fill(c, oval(22, -2, 12, 5), "#fff3dd");
    fill(c, oval(22, -2, 5, 3), "#e8962f");
    for (const [x0, x1] of [[-16, 66], [-4, 80]]) stroke(c, open([[x0, 0], [x1, -66]]), "#3d1f14", 4);
    steam(c, still ? 0 : time);
    c.restore();
  },

  hood(c, { look }) {
    fill(c, closed([[0, -196], [92, -168], [134, -80], [138, 40], [120, 190], [-120, 190], [-138, 40], [-134, -80], [-92, -168]]), down(c, -190, 190, mix(look.cloth, "#ffffff", 0.08), mix(look.cloth, "#000000", 0.55)));
    fill(c, closed([[0, -160], [80, -130], [108, -40], [104, 70], [-104, 70], [-108, -40], [-80, -130]]), mix(look.hair, "#000000", 0.3));
  },

  hoodRim(c, { look }) {
    const rim = [[-112, 120], [-118, 10], [-108, -86], [-66, -146], [0, -164], [66, -146], [108, -86], [118, 10], [112, 120]];
    stroke(c, open(rim), mix(look.cloth, "#000000", 0.25), 30);
    stroke(c, open(rim.map(([x, y]) => [x * 0.93, y * 0.95 + 2])), look.trim, 2.6, 0.7);
  },

  cloak(c, { look }) {
    shoulders(c, look.cloth, 166);
    collar(c, look.shirt, look.shade);
    fill(c, oval(0, 232, 14, 14), look.trim);
    fill(c, oval(-3, 229, 5, 5), "#fff1c9", 0.8);
  },
};

/** A moustache rides on the upper lip and leaves the seam of the mouth to be seen. */
export function moustache(c, { look, mouth: m }) {
  const [left, right] = m.corners;
  const y = m.top(0) - m.upper * 0.55;
  const colour = down(c, y - 24, y + 20, mix(look.hair, "#d9a878", 0.22), mix(look.hair, "#0f0805", 0.25));
  for (const [s, tip] of [[-1, left], [1, right]]) {
    const x = (part) => m.shift + (tip[0] - m.shift) * part;
    const droop = tip[1] - m.seam;
    fill(c, closed([[m.shift, y - 17], [x(0.55), y - 20], [x(1.18), y - 9 + droop * 0.6], [x(1.62), y - 16 + droop], [x(1.5), y + 2 + droop], [x(1.02), y + 10 + droop * 0.8], [x(0.5), y + 3], [m.shift, y - 1]], 0.95), colour);
    for (const k of [0.3, 0.6, 0.9]) stroke(c, open([[x(k * 0.7), y - 14], [x(k), y - 8 + droop * k * 0.6], [x(k * 1.2), y + 3 + droop * k * 0.8]]), s > 0 ? "#1c100a" : "#b98a62", 1.6, 0.3);
  }
}

function shoulders(c, colour, top) {
  const body = closed([[0, top], [60, top + 4], [128, top + 34], [178, top + 84], [200, top + 260], [-200, top + 260], [-178, top + 84], [-128, top + 34], [-60, top + 4]], 0.9);
  fill(c, body, across(c, -190, 190, mix(colour, "#ffd9a0", 0.1), colour, mix(colour, "#080405", 0.5)));
}

function collar(c, colour, shade) {
  for (const s of [-1, 1]) {
    const flap = closed([[s * 52, 158], [s * 76, 182], [s * 34, 232], [s * 2, 204]], 0.5);
    fill(c, flap, mix(colour, "#ffffff", 0.2));
    stroke(c, flap, shade, 2, 0.3);
  }
}

function rings(c, path) {
  inside(c, path, () => {
    c.strokeStyle = "rgba(20,24,28,.4)";
    c.lineWidth = 1.6;
    c.beginPath();
    for (let y = -90; y < 430; y += 11) {
      for (let x = -190 + (Math.round(y / 11) % 2) * 7; x < 200; x += 14) {
        c.moveTo(x + 6, y);
        c.arc(x, y, 6, 0, Math.PI);
      }
    }
    c.stroke();
  });
}

function steam(c, time) {
  for (let k = 0; k < 5; k++) {
    const age = (time * 0.22 + k / 5) % 1;
    const x = -30 + k * 15 + Math.sin(time * 0.9 + k * 2 + age * 4) * 12;
    glow(c, x, -14 - age * 120, 16 + age * 26, "#fff1e0", 0.2 * Math.sin(Math.PI * age));
  }
}
