// Avatars in VRM: a whole body, driven by expressions.

import { GLTFLoader } from "three/addons/loaders/GLTFLoader.js";
import { VRMLoaderPlugin, VRMUtils } from "@pixiv/three-vrm";
import { vrmExpressions } from "./arkit.js";

const ARMS_DOWN = 1.2; // radians from the T that VRM rests in

export async function vrmOf(bytes) {
  const loader = new GLTFLoader().register((parser) => new VRMLoaderPlugin(parser));
  const { vrm } = (await loader.parseAsync(bytes, "").catch((error) => {
    throw new Error(`It could not be read as VRM: ${error.message}`);
  })).userData;
  if (!vrm?.humanoid || !vrm.expressionManager) throw new Error("It is no VRM: it has no humanoid or no expressions.");
  VRMUtils.rotateVRM0(vrm); // the first version faces the other way
  vrm.scene.traverse((part) => Object.assign(part, { frustumCulled: false, raycast: () => {} }));
  arms(vrm.humanoid);
  const bone = (name) => vrm.humanoid.getNormalizedBoneNode(name);
  const names = new Set(Object.keys(vrm.expressionManager.expressionMap));
  return { root: vrm.scene, pivot: bone("head") ?? vrm.scene, height: 1.6, wholeBody: true, names, show: shown(vrm, names) };
}

/** A model may have ARKit's own shapes beside the presets; then they are used, for they say more. */
function shown(vrm, names) {
  const arkit = names.has("jawOpen") || names.has("JawOpen");
  const own = (name) => (names.has(name) ? name : name[0].toUpperCase() + name.slice(1));
  return (index, weights, step) => {
    if (arkit) for (const [name, at] of index) vrm.expressionManager.setValue(own(name), weights[at]);
    else for (const [name, value] of Object.entries(vrmExpressions(index, weights))) vrm.expressionManager.setValue(name, value);
    vrm.update(step);
  };
}

function arms(humanoid) {
  for (const [name, way] of [["leftUpperArm", -1], ["rightUpperArm", 1]]) {
    const bone = humanoid.getNormalizedBoneNode(name);
    if (bone) bone.rotation.z = way * ARMS_DOWN;
  }
}
