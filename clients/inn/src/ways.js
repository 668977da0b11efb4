// Where one can walk: a few spots joined by straight ways that lead round the furniture.

import * as THREE from "three";

/** [x, z] on the floor. */
export const SPOTS = {
  counter: [0.3, -1.62], pass: [-1.25, -1.7], end: [-1.25, -0.75], middle: [0.1, -0.35], hearth: [-1.45, -1.95],
  gate: [2.05, -1.5], door: [2.2, -2.35], post: [3.1, -1.9], table: [2.55, -0.35], front: [0.35, 0.55], cart: [-2.6, -0.85], aside: [-3.25, -0.7], corner: [-1.6, 0.5],
};
const WAYS = [
  ["counter", "pass"], ["pass", "end"], ["pass", "hearth"], ["end", "middle"], ["end", "corner"], ["middle", "gate"], ["middle", "front"],
  ["gate", "door"], ["gate", "post"], ["gate", "table"], ["door", "post"], ["cart", "hearth"], ["hearth", "end"], ["corner", "front"],
];
/** What is meant by the name of a thing: where to stand for it. */
export const BESIDE = { door: "door", table: "table", map: "table", candle: "table", hearth: "hearth", counter: "counter", barrel: "middle", stall: "corner", bowl: "corner", player: "front" };

const apart = (a, b) => Math.hypot(SPOTS[a][0] - SPOTS[b][0], SPOTS[a][1] - SPOTS[b][1]);

export function nearest({ x, z }) {
  const far = (name) => Math.hypot(SPOTS[name][0] - x, SPOTS[name][1] - z);
  return Object.keys(SPOTS).reduce((best, name) => (far(name) < far(best) ? name : best));
}

/** The floor points from the spot nearest to `from` to `to`, by Dijkstra's way over a dozen spots. */
export function way(from, to) {
  const start = nearest(from);
  const open = new Map([[start, { cost: 0, path: [start] }]]);
  const closed = new Set();
  while (open.size) {
    const [here, { cost, path }] = [...open].reduce((best, one) => (one[1].cost < best[1].cost ? one : best));
    if (here === to) return path.map((name) => new THREE.Vector3(SPOTS[name][0], 0, SPOTS[name][1]));
    open.delete(here);
    closed.add(here);
    for (const pair of WAYS) {
      const next = pair[0] === here ? pair[1] : pair[1] === here ? pair[0] : null;
      if (next === null || closed.has(next)) continue;
      const total = cost + apart(here, next);
      if (!(open.get(next)?.cost <= total)) open.set(next, { cost: total, path: [...path, next] });
    }
  }
  return [];
}
