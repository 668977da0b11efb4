// The inn itself: floor, walls, beams, window and what stands about. Metres, y up; the player comes from +z.

import { merged, still } from "./merge.js";
import { ball, box, boxes, chance, group, tube, turned, varied } from "./shapes.js";

const WIDTH = 8.6;
const BACK = -3;
const FRONT = 4.4;
const HEIGHT = 3.1;
export const DOOR = { x: 2.35, width: 1.04, height: 2.12 };
export const WINDOW = { x: 1.36, y: 1.55, width: 0.66, height: 0.86 };

const WOOD = "#7d5637";
const DARK = "#50382a";
const PLASTER = "#b39674";

export function room(map) {
  return still(merged(group([floor(map), walls(map), beams(map), shelf(map), counter(map), bench(map), merged(rug())])));
}

function floor(map) {
  const random = chance(11);
  const planks = [];
  for (let x = -WIDTH / 2; x < WIDTH / 2; x += 0.31)
    for (let z = BACK - random() * 1.2; z < FRONT; z += 1.8)
      planks.push({ size: [0.3, 0.08, 1.79], at: [x + 0.15, -0.04, z + 0.9], colour: varied(WOOD, random, 0.2) });
  const made = boxes(planks, map);
  made.castShadow = false;
  return made;
}

/** The back wall leaves a hole for the door and one for the window; plaster between timbers. */
function walls(map) {
  const half = WIDTH / 2;
  const left = DOOR.x - DOOR.width / 2;
  const right = DOOR.x + DOOR.width / 2;
  const [w0, w1] = [WINDOW.x - WINDOW.width / 2, WINDOW.x + WINDOW.width / 2];
  const [h0, h1] = [WINDOW.y - WINDOW.height / 2, WINDOW.y + WINDOW.height / 2];
  const wall = (x0, x1, y0, y1) => ({ size: [x1 - x0, y1 - y0, 0.16], at: [(x0 + x1) / 2, (y0 + y1) / 2, BACK], colour: PLASTER });
  const plaster = [
    wall(-half, w0, 0, HEIGHT), wall(w0, w1, 0, h0), wall(w0, w1, h1, HEIGHT), wall(w1, left, 0, HEIGHT),
    wall(left, right, DOOR.height, HEIGHT), wall(right, half, 0, HEIGHT),
    { size: [0.16, HEIGHT, FRONT - BACK], at: [-half, HEIGHT / 2, (FRONT + BACK) / 2], colour: PLASTER },
    { size: [0.16, HEIGHT, FRONT - BACK], at: [half, HEIGHT / 2, (FRONT + BACK) / 2], colour: PLASTER },
  ];
  const post = (x, z = BACK + 0.07) => ({ size: [0.16, HEIGHT, 0.12], at: [x, HEIGHT / 2, z], colour: DARK });
  const frame = (x, y, w, h) => ({ size: [w, h, 0.22], at: [x, y, BACK], colour: DARK });
  const timber = [
    post(-half + 0.1), post(-1.05), post(0.95), post(half - 0.1),
    { size: [WIDTH, 0.14, 0.1], at: [0, 2.55, BACK + 0.07], colour: DARK },
    { size: [1.9, 0.12, 0.12], at: [-3.35, 0.86, BACK + 0.06], colour: DARK },
    frame(left - 0.06, 1.1, 0.12, 2.2), frame(right + 0.06, 1.1, 0.12, 2.2), frame(DOOR.x, 2.18, DOOR.width + 0.24, 0.12),
    frame(w0 - 0.03, WINDOW.y, 0.07, 1), frame(w1 + 0.03, WINDOW.y, 0.07, 1),
    frame(WINDOW.x, h0 - 0.04, 0.8, 0.08), frame(WINDOW.x, h1 + 0.04, 0.8, 0.08),
    { size: [0.03, WINDOW.height, 0.05], at: [WINDOW.x, WINDOW.y, BACK], colour: DARK },
    { size: [WINDOW.width, 0.03, 0.05], at: [WINDOW.x, WINDOW.y, BACK], colour: DARK },
    ...[-2.6, -0.2, 2.2].flatMap((z) => [-1, 1].map((side) => ({ size: [0.1, HEIGHT, 0.16], at: [side * (half - 0.1), HEIGHT / 2, z], colour: DARK }))),
  ];
  return group([boxes(plaster), boxes(timber, map)]);
}

function beams(map) {
  const random = chance(3);
  const parts = [{ size: [WIDTH, 0.06, FRONT - BACK], at: [0, HEIGHT + 0.1, (FRONT + BACK) / 2], colour: "#4a3628" }];
  for (let x = -3.8; x < 4; x += 1.27) parts.push({ size: [0.17, 0.2, FRONT - BACK], at: [x, HEIGHT - 0.02, 0.7], colour: varied(DARK, random, 0.2) });
  parts.push({ size: [WIDTH, 0.24, 0.22], at: [0, HEIGHT - 0.2, -1.9], colour: DARK });
  const made = boxes(parts, map);
  made.castShadow = false; // the lantern hangs below them
  return made;
}

/** Three boards behind the counter, with bottles, mugs and jars. */
function shelf(map) {
  const random = chance(23);
  const boards = [1.0, 1.5, 2.0].map((y) => ({ size: [1.8, 0.05, 0.3], at: [-0.05, y, BACK + 0.24], colour: WOOD }));
  const made = group([boxes([...boards, ...[-0.95, 0.85].map((x) => ({ size: [0.06, 1.5, 0.3], at: [x, 1.35, BACK + 0.24], colour: DARK }))], map)]);
  const glass = ["#2f5d3a", "#6b2f1c", "#20474f", "#8a5a1e", "#5b2440"];
  for (const y of [1.525, 2.025])
    for (let x = -0.82; x < 0.78; x += 0.1 + random() * 0.07) made.add(random() < 0.7 ? bottle(x, y, glass[Math.floor(random() * 5)], random) : jar(x, y));
  for (let x = -0.8; x < 0.8; x += 0.19) made.add(mug(x, 1.025, random));
  return made;
}

function bottle(x, y, colour, random) {
  const h = 0.8 + random() * 0.35;
  const profile = [[0, 0], [0.042, 0], [0.045, 0.17 * h], [0.016, 0.23 * h], [0.015, 0.3 * h], [0, 0.3 * h]];
  return turned(profile, colour, [x, y, BACK + 0.2 + random() * 0.09], 10);
}

const jar = (x, y) => turned([[0, 0], [0.055, 0], [0.062, 0.08], [0.045, 0.14], [0.05, 0.16], [0, 0.17]], "#c9a06a", [x, y, BACK + 0.25], 10);

const mug = (x, y, random) => turned([[0, 0], [0.045, 0], [0.05, 0.1], [0.043, 0.1], [0.04, 0.02]], random() < 0.5 ? "#a8763f" : "#8d8f93", [x, y, BACK + 0.24], 10);

export const COUNTER = { x: 0.3, z: -1.2, width: 2.5, depth: 0.56, height: 1.02 };

function counter(map) {
  const { x, z, width, depth, height } = COUNTER;
  const random = chance(5);
  const parts = [{ size: [width + 0.16, 0.07, depth + 0.14], at: [x, height - 0.035, z], colour: "#8f5a33" }];
  const front = z + depth / 2;
  for (let n = 0; n < 9; n++)
    parts.push({ size: [width / 9 - 0.012, height - 0.2, 0.05], at: [x - width / 2 + (n + 0.5) * (width / 9), 0.5, front], colour: varied("#6d4024", random, 0.16) });
  parts.push({ size: [width, 0.12, 0.09], at: [x, 0.06, front + 0.01], colour: DARK }, { size: [width, 0.1, 0.08], at: [x, 0.89, front + 0.01], colour: DARK });
  for (const side of [-1, 1]) parts.push({ size: [0.07, height - 0.07, depth], at: [x + (side * width) / 2, height / 2, z], colour: DARK });
  return boxes(parts, map);
}

export const TABLE = { x: 1.72, z: 0.35, height: 0.76 };

/** The table before the counter, with two stools. */
function bench(map) {
  const { x, z, height } = TABLE;
  const legs = [[-0.36, -0.24], [0.36, -0.24], [-0.36, 0.24], [0.36, 0.24]];
  const made = group([boxes([
    ...[-0.2, 0, 0.2].map((d) => ({ size: [0.98, 0.05, 0.195], at: [x, height - 0.025, z + d], colour: d ? "#85532f" : "#7a4b2a" })),
    ...legs.map(([a, b]) => ({ size: [0.07, height - 0.05, 0.07], at: [x + a, height / 2, z + b], colour: DARK })),
  ], map)]);
  for (const [sx, sz] of [[x - 0.75, z + 0.2], [x + 0.72, z - 0.1]]) made.add(stool(sx, sz));
  for (const sx of [-0.35, 0.95]) made.add(stool(sx, -0.45));
  return made;
}

function stool(x, z) {
  const made = group([tube(0.17, 0.16, 0.05, "#8a5733", [0, 0.47, 0])], [x, 0, z]);
  for (let n = 0; n < 3; n++) {
    const leg = tube(0.02, 0.025, 0.48, DARK, [Math.cos(n * 2.1) * 0.11, 0.23, Math.sin(n * 2.1) * 0.11], 8);
    leg.rotation.set(Math.sin(n * 2.1) * -0.12, 0, Math.cos(n * 2.1) * 0.12);
    made.add(leg);
  }
  return made;
}

function rug() {
  const made = group();
  [["#5c1f1c", 1.15], ["#a3633a", 1.02], ["#6b2722", 0.93], ["#2f3f46", 0.5]].forEach(([colour, radius], layer) => {
    const ring = tube(radius, radius, 0.006, colour, [-0.55, 0.004 + layer * 0.003, 0.75], 40);
    ring.scale.z = 0.66;
    ring.castShadow = false;
    made.add(ring);
  });
  return made;
}

/** The cat that everybody minds, asleep before the fire. */
export function cat() {
  const fur = "#3d3a3c";
  const made = group([
    ball(0.17, fur, [0, 0.1, 0], [1.25, 0.62, 0.9]), ball(0.085, fur, [0.17, 0.11, 0.09], [1, 0.85, 1]),
    tube(0, 0.03, 0.06, fur, [0.15, 0.195, 0.06], 6), tube(0, 0.03, 0.06, fur, [0.2, 0.19, 0.12], 6),
    ball(0.035, fur, [-0.02, 0.05, 0.17], [4.2, 0.9, 1]), ball(0.016, "#d9c9b4", [0.235, 0.095, 0.135]),
  ], [-1.62, 0, -1.75]);
  made.rotation.y = -0.5;
  return merged(made);
}
