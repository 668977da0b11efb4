// The hearth: stones, logs, flames, sparks, and the light that they throw.

import * as THREE from "three";
import { merged } from "./merge.js";
import { box, boxes, chance, glow, group, mesh, tube, varied } from "./shapes.js";

export const HEARTH = [-2.0, 0, -2.72];
const FLAMES = 5;
const SPARKS = 14;

export function fire(map, light) {
  const [x, y, z] = HEARTH;
  const flames = Array.from({ length: FLAMES }, (_, n) => flame(n));
  const sparks = Array.from({ length: SPARKS }, () => glow(light, "#ff9a3c", 0.035, [0, 0, 0], 0.9));
  const shine = new THREE.PointLight("#ff8a3a", 9, 7, 1.7);
  shine.position.set(0, 0.55, 0.42);
  const bed = glow(light, "#ff6a1e", 1.5, [0, 0.42, 0.2], 0.5);
  const root = group([stones(), merged(mantel(map)), merged(logs()), ...flames, ...sparks, shine, bed], [x, y, z]);
  return { root, advance: (seconds) => burn({ flames, sparks, shine, bed }, seconds) };
}

function stones() {
  const random = chance(17);
  const parts = [{ size: [1.0, 1.1, 0.04], at: [0, 0.6, -0.18], colour: "#1c1411" }];
  const stone = (at, size) => parts.push({ at, size, turn: [0, 0, (random() - 0.5) * 0.05], colour: varied("#7d7067", random, 0.26) });
  for (let y = 0.09; y < 1.25; y += 0.19)
    for (const side of [-1, 1]) {
      stone([side * (0.6 + (random() - 0.5) * 0.03), y, 0.08], [0.24, 0.175, 0.56]);
      stone([side * 0.81, y, 0.04], [0.16, 0.175, 0.44]);
    }
  for (let x = -0.8; x <= 0.81; x += 0.23) stone([x, 1.16 + (random() - 0.5) * 0.02, 0.12], [0.22, 0.24, 0.56]);
  for (let y = 1.42; y < 3.1; y += 0.2)
    for (let x = -0.6 + (Math.round(y * 5) % 2) * 0.12; x < 0.66; x += 0.26) stone([x, y, -0.02], [0.25, 0.19, 0.34]);
  for (let x = -0.75; x <= 0.76; x += 0.3) stone([x, 0.03, 0.5], [0.29, 0.08, 0.34]);
  return boxes(parts);
}

function mantel(map) {
  const board = boxes([{ size: [1.95, 0.09, 0.62], at: [0, 1.33, 0.14], colour: "#5a3520" }], map);
  const plates = [-0.5, 0.1, 0.55].map((x, n) => {
    const plate = tube(0.11, 0.11, 0.015, ["#9c6b3c", "#8d8f93", "#3f5f66"][n], [x, 1.5, -0.0 + 0.12], 20);
    plate.rotation.x = Math.PI / 2 - 0.15;
    return plate;
  });
  const pot = group([mesh(new THREE.SphereGeometry(0.17, 16, 10, 0, 7, 0.9, 2.3), "#26221f", [0, 0.78, 0.1]), box([0.012, 0.3, 0.012], "#26221f", [0, 1.0, 0.1])]);
  return group([board, ...plates, pot]);
}

function logs() {
  return group([[-0.16, 0.5], [0.15, -0.4], [0, 0.1]].map(([x, turn], n) => {
    const log = tube(0.065, 0.075, 0.52, "#3b2214", [x, 0.1 + n * 0.05, 0.14], 9);
    log.rotation.set(Math.PI / 2 - 0.2 * n, turn, turn);
    return log;
  }));
}

function flame(n) {
  const colour = ["#ff5a14", "#ff7a1c", "#ff9a2c", "#ffc04a", "#ffe08a"][n];
  const profile = [[0.0, 0], [0.09, 0.05], [0.1, 0.14], [0.06, 0.3], [0.02, 0.42], [0, 0.48]].map(([r, y]) => new THREE.Vector2(r * (1.25 - n * 0.14), y * (1.1 - n * 0.13)));
  const material = new THREE.MeshBasicMaterial({ color: colour, transparent: true, opacity: 0.78, blending: THREE.AdditiveBlending, depthWrite: false });
  const made = new THREE.Mesh(new THREE.LatheGeometry(profile, 10), material);
  made.position.set((n % 2 ? 1 : -1) * 0.09 * (FLAMES - n - 1) * 0.5, 0.14, 0.14);
  return made;
}

function burn({ flames, sparks, shine, bed }, t) {
  flames.forEach((part, n) => {
    part.scale.y = 1 + 0.22 * Math.sin(t * (7.3 + n) + n * 2) + 0.12 * Math.sin(t * 13.1 + n);
    part.rotation.z = 0.12 * Math.sin(t * (4.1 + n * 0.7) + n);
  });
  sparks.forEach((spark, n) => {
    const life = (t * (0.35 + (n % 5) * 0.06) + n / SPARKS) % 1;
    spark.position.set(0.16 * Math.sin(n * 2.4 + life * 5), 0.2 + life * 0.85, 0.16 + 0.06 * Math.cos(n + life * 4));
    spark.material.opacity = 0.9 * (1 - life);
  });
  const flicker = 1 + 0.1 * Math.sin(t * 9.7) + 0.07 * Math.sin(t * 17.3 + 1) + 0.05 * Math.sin(t * 3.1);
  shine.intensity = 9 * flicker;
  bed.material.opacity = 0.42 * flicker;
}

/** A lantern to hang or to stand: {root, shine}. */
export function lantern(light, at, { size = 1, hung = 0 } = {}) {
  const pane = new THREE.MeshBasicMaterial({ color: "#ffd58a" });
  const shine = glow(light, "#ffae52", 0.85 * size, [0, 0.12 * size, 0], 0.75);
  const root = group([
    mesh(new THREE.CylinderGeometry(0.06 * size, 0.075 * size, 0.17 * size, 6), pane, [0, 0.11 * size, 0]),
    tube(0.02 * size, 0.1 * size, 0.07 * size, "#3a2a1e", [0, 0.23 * size, 0], 6), tube(0.09 * size, 0.09 * size, 0.025 * size, "#3a2a1e", [0, 0.012, 0], 6),
    shine,
  ], at);
  if (hung) root.add(tube(0.006, 0.006, hung, "#2a1d14", [0, 0.26 * size + hung / 2, 0], 5));
  root.traverse((part) => (part.castShadow = false));
  return { root: merged(root), shine };
}
