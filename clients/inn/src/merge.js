// Many plainly painted shapes as one: a shape costs a draw call each frame, a vertex hardly anything.

import * as THREE from "three";
import { mergeGeometries } from "three/addons/utils/BufferGeometryUtils.js";
import { isPaint } from "./shapes.js";

const TINTED = new THREE.MeshLambertMaterial({ vertexColors: true });

/** The painted meshes below `root` become one of its children; all else stays. For what does not move within `root`. */
export function merged(root) {
  root.updateWorldMatrix(true, true);
  const inward = root.matrixWorld.clone().invert();
  const parts = [];
  root.traverse((part) => part.isMesh && !part.isInstancedMesh && part !== root && isPaint(part.material) && parts.push(part));
  if (parts.length < 2) return root;
  const made = new THREE.Mesh(mergeGeometries(parts.map((part) => tinted(part, inward))), TINTED);
  made.castShadow = parts.some((part) => part.castShadow);
  made.receiveShadow = true;
  for (const part of parts) part.removeFromParent();
  root.add(made);
  return root;
}

function tinted(part, inward) {
  const geometry = part.geometry.clone().applyMatrix4(inward.clone().multiply(part.matrixWorld));
  const colours = new Float32Array(geometry.attributes.position.count * 3);
  for (let at = 0; at < colours.length; at += 3) part.material.color.toArray(colours, at);
  geometry.setAttribute("color", new THREE.BufferAttribute(colours, 3));
  geometry.deleteAttribute("uv"); // paint has no pattern
  return geometry;
}

/** What never moves is not worked out again each frame. */
export function still(root) {
  root.updateMatrixWorld(true);
  root.traverse((part) => (part.matrixAutoUpdate = part.matrixWorldAutoUpdate = false));
  return root;
}
