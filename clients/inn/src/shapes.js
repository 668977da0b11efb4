// Small words for geometry: everything in the inn is made of these.

import * as THREE from "three";

/** A repeatable chance: the same inn every night. */
export function chance(seed) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0; // Numerical Recipes' generator: enough for planks
    return state / 2 ** 32;
  };
}

const paints = new Map();
const shared = new Set();

/** A matt surface of this colour; the same one is shared. */
export function paint(colour, glow = 0) {
  const key = `${colour}/${glow}`;
  if (!paints.has(key)) {
    const material = new THREE.MeshLambertMaterial({ color: colour });
    if (glow) material.emissive = new THREE.Color(colour).multiplyScalar(glow);
    paints.set(key, material);
    if (!glow) shared.add(material);
  }
  return paints.get(key);
}

/** Whether it is a surface of `paint`, which all who have it share. */
export const isPaint = (material) => shared.has(material);

export function mesh(geometry, material, [x, y, z] = [0, 0, 0]) {
  const made = new THREE.Mesh(geometry, typeof material === "string" ? paint(material) : material);
  made.position.set(x, y, z);
  made.castShadow = made.receiveShadow = true;
  return made;
}

export const box = (size, material, at) => mesh(new THREE.BoxGeometry(...size), material, at);

export const tube = (top, bottom, height, material, at, sides = 18) =>
  mesh(new THREE.CylinderGeometry(top, bottom, height, sides), material, at);

export const ball = (radius, material, at, scale = [1, 1, 1]) => {
  const made = mesh(new THREE.SphereGeometry(radius, 20, 14), material, at);
  made.scale.set(...scale);
  return made;
};

/** Turned on a lathe: `profile` is [radius, height] from the bottom up. */
export const turned = (profile, material, at, sides = 22) =>
  mesh(new THREE.LatheGeometry(profile.map(([r, y]) => new THREE.Vector2(r, y)), sides), material, at);

export function group(parts = [], at = [0, 0, 0]) {
  const made = new THREE.Group();
  if (parts.length) made.add(...parts);
  made.position.set(...at);
  return made;
}

/** Many boxes in one draw call; each part is {size, at, turn?, colour}. */
export function boxes(parts, map = null) {
  const made = new THREE.InstancedMesh(
    new THREE.BoxGeometry(1, 1, 1),
    new THREE.MeshLambertMaterial({ map }),
    parts.length,
  );
  const place = new THREE.Object3D();
  parts.forEach(({ size, at, turn = [0, 0, 0], colour }, index) => {
    place.position.set(...at);
    place.rotation.set(...turn);
    place.scale.set(...size);
    place.updateMatrix();
    made.setMatrixAt(index, place.matrix);
    made.setColorAt(index, new THREE.Color(colour));
  });
  made.castShadow = made.receiveShadow = true;
  return made;
}

/** `colour` a little lighter or darker. */
export function varied(colour, random, amount = 0.12) {
  const hsl = {};
  const made = new THREE.Color(colour);
  made.getHSL(hsl);
  return made.setHSL(hsl.h + (random() - 0.5) * 0.015, hsl.s, hsl.l * (1 + (random() - 0.5) * 2 * amount));
}

/** The grain of wood, grey, to be tinted. */
export function grain() {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 128;
  const c = canvas.getContext("2d");
  const random = chance(7);
  c.fillStyle = "#e9e9e9";
  c.fillRect(0, 0, 128, 128);
  for (let line = 0; line < 90; line++) {
    const y = random() * 128;
    const shade = Math.round(110 + random() * 145);
    c.strokeStyle = `rgb(${shade} ${shade} ${shade} / 0.35)`;
    c.lineWidth = 0.5 + random() * 1.6;
    c.beginPath();
    c.moveTo(0, y);
    c.bezierCurveTo(40, y + random() * 6 - 3, 88, y + random() * 6 - 3, 128, y);
    c.stroke();
  }
  const texture = new THREE.CanvasTexture(canvas);
  texture.colorSpace = THREE.SRGBColorSpace;
  texture.wrapS = texture.wrapT = THREE.RepeatWrapping;
  return texture;
}

/** A soft round light, for glows and sparks. */
export function halo() {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 64;
  const c = canvas.getContext("2d");
  const light = c.createRadialGradient(32, 32, 0, 32, 32, 32);
  light.addColorStop(0, "rgb(255 255 255 / 1)");
  light.addColorStop(0.35, "rgb(255 255 255 / 0.35)");
  light.addColorStop(1, "rgb(255 255 255 / 0)");
  c.fillStyle = light;
  c.fillRect(0, 0, 64, 64);
  return new THREE.CanvasTexture(canvas);
}

export function glow(map, colour, size, at, strength = 1) {
  const made = new THREE.Sprite(
    new THREE.SpriteMaterial({ map, color: colour, blending: THREE.AdditiveBlending, depthWrite: false, opacity: strength }),
  );
  made.scale.setScalar(size);
  made.position.set(...at);
  return made;
}
