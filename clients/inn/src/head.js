// A head that shows ARKit weights: from a glTF whose morph targets bear their names, or a plain one until it is there.

import * as THREE from "three";
import { GLTFLoader } from "three/addons/loaders/GLTFLoader.js";
import { ball, group, mesh } from "./shapes.js";

const TALL = 1.2; // metres; a model of this height has a body of its own
const HEAD_HEIGHT = 0.3; // what a model in other units than metres is brought to

export const loader = new GLTFLoader();

/**
 * A glTF as a head: {root, head, pose, wholeBody, names, show(index, weights)}. Throws a sentence for the player.
 * `lean`: shading does not follow the shapes, which halves the work of a machine that draws without a GPU.
 */
export function headOf(scene, { lean = false } = {}) {
  const meshes = [];
  scene.traverse((part) => {
    if (!part.isMesh) return;
    part.castShadow = false; // a proxy casts it: morphs would be worked out twice
    part.receiveShadow = true;
    part.frustumCulled = false; // morphs reach beyond the box of the mesh
    part.raycast = () => {}; // the body is touched instead: a ray would have to work out every morph
    if (lean) delete part.geometry.morphAttributes.normal;
    if (part.morphTargetDictionary) meshes.push(part);
  });
  const names = new Set(meshes.flatMap((part) => Object.keys(part.morphTargetDictionary).map(plain)));
  if (!names.has("jawOpen")) throw new Error("It has no face that can speak: no morph target is called `jawOpen`.");
  const size = measured(scene);
  const pivot = scene.getObjectByName("head") ?? scene.getObjectByName("Head") ?? scene;
  return { root: scene, pivot, height: size.y, wholeBody: size.y >= TALL, names, show: shown(meshes) };
}

/** Some exporters put the mesh's name before the shape's: `Face.jawOpen`, `Face_jawOpen`. */
const plain = (name) => name.replace(/^.*[._](?=[a-z])/, "");

function shown(meshes) {
  let order = null;
  let known = null;
  return (index, weights) => {
    if (known !== index) {
      known = index;
      order = meshes.map((part) => Object.entries(part.morphTargetDictionary).map(([name, slot]) => [slot, index.get(plain(name))]).filter(([, at]) => at !== undefined));
    }
    meshes.forEach((part, n) => {
      for (const [slot, at] of order[n]) part.morphTargetInfluences[slot] = weights[at];
    });
  };
}

function measured(scene) {
  scene.updateMatrixWorld(true);
  const height = () => new THREE.Box3().setFromObject(scene).getSize(new THREE.Vector3());
  const size = height();
  if (size.y > 0.08 && size.y < 3) return size; // metres, as glTF wants
  scene.scale.multiplyScalar(HEAD_HEIGHT / (size.y || 1));
  scene.updateMatrixWorld(true);
  return height();
}

/** A ball with eyes and a mouth, for the second until a head has been fetched, or where it cannot be. */
export function plainHead(skin) {
  const mouth = ball(0.035, "#5a1f1c", [0, 0.075, 0.098], [1, 0.12, 0.35]);
  const lids = [1, -1].map((side) => ball(0.023, skin, [side * 0.04, 0.155, 0.092]));
  const eyes = [1, -1].map((side) => group([ball(0.021, "#f5efe4", [0, 0, 0]), ball(0.0105, "#3a2a1c", [0, 0, 0.014])], [side * 0.04, 0.155, 0.092]));
  const root = group([
    ball(0.118, skin, [0, 0.13, 0], [0.9, 1.15, 0.98]), ball(0.02, skin, [0, 0.12, 0.118]), mouth, ...eyes, ...lids,
    mesh(new THREE.SphereGeometry(0.124, 20, 12, 0, 7, 0, 1.25), "#4a3526", [0, 0.145, -0.012]),
  ]);
  const show = (index, weights) => {
    const w = (name) => weights[index.get(name)] ?? 0;
    mouth.scale.y = 0.12 + 0.9 * Math.max(0, w("jawOpen") - w("mouthClose"));
    mouth.scale.x = 1 - 0.45 * w("mouthPucker") + 0.3 * w("mouthSmileLeft");
    lids.forEach((lid, n) => (lid.scale.y = 0.02 + w(n ? "eyeBlinkRight" : "eyeBlinkLeft")));
  };
  return { root, pivot: root, height: 0.28, wholeBody: false, names: new Set(), show };
}
