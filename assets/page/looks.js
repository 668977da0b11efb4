// How each character looks. A character nobody drew gets a face of its own from its id.

import { chance } from "./shapes.js";

const INNKEEPER = {
  skin: "#f2c19b", shade: "#b8694a", blush: "#d9503c", flush: 0.4, lip: "#c2564f", gloss: 0.34,
  iris: "#6d8a3c", hair: "#8a3b20", cloth: "#b5442f", trim: "#f0c777", shirt: "#f1e2c8", dress: "#4c5a35",
  face: { temple: 99, cheek: 107, jaw: 88, chin: 42, length: 136 },
  eye: { x: 45, y: -12, half: 23, top: 17, bottom: 10, iris: 12.5, lash: 4, wing: true },
  brow: { y: -50, inner: 25, outer: 71, arch: 8, thick: 8, colour: "#6f2f1b", fall: -2 },
  nose: { width: 15, y: 36, bridge: 0.3 },
  mouth: { y: 80, half: 36, upper: 9, lower: 12 },
  rest: { mouthSmileLeft: 0.46, mouthSmileRight: 0.46, cheekSquintLeft: 0.14, cheekSquintRight: 0.14, browInnerUp: 0.12 },
  back: ["curls"], neck: ["earrings"], body: ["blouse"], front: ["fringe", "headscarf"],
  scene: { top: "#3a1d12", low: "#160b07", light: "#ff9a3d", props: ["hearth", "shelf"] },
};

const NOODLES = {
  skin: "#e9b184", shade: "#a05a38", blush: "#e0583f", flush: 0.3, lip: "#bd5549", gloss: 0.3, freckles: true,
  iris: "#6b3d1c", hair: "#221715", cloth: "#f3e6cf", trim: "#d63d2e", shirt: "#23405a", dress: "#d63d2e",
  face: { temple: 97, cheek: 101, jaw: 80, chin: 36, length: 130 },
  eye: { x: 44, y: -10, half: 23, top: 15, bottom: 9, iris: 12, lash: 4.2, tilt: 5, wing: true },
  brow: { y: -46, inner: 23, outer: 70, arch: 8, thick: 8, colour: "#2a1a15", fall: -1 },
  nose: { width: 17, y: 32, bridge: 0.12 },
  mouth: { y: 76, half: 38, upper: 8, lower: 11 },
  rest: { mouthSmileLeft: 0.55, mouthSmileRight: 0.4, browOuterUpLeft: 0.18, browInnerUp: 0.12, cheekSquintLeft: 0.1, cheekSquintRight: 0.1 },
  back: ["bun"], body: ["happi"], front: ["sideburns", "bandana"], over: ["bowl"],
  scene: { top: "#26152b", low: "#0f0a12", light: "#ff5b3a", props: ["lanterns"] },
};

const GUARD = {
  skin: "#d79f7d", shade: "#83492f", blush: "#a8452f", flush: 0.2, lip: "#a86252", gloss: 0.1, stubble: true, scar: true,
  iris: "#5f7d92", hair: "#4b3629", cloth: "#8d969d", trim: "#c9a35a", shirt: "#6d757b", dress: "#28425c",
  face: { temple: 98, cheek: 101, jaw: 96, chin: 56, length: 146 },
  eye: { x: 44, y: -10, half: 21, top: 12, bottom: 8, iris: 11, lash: 3.4 },
  brow: { y: -34, inner: 17, outer: 72, arch: 5, thick: 14, colour: "#3d2b21", fall: 4 },
  nose: { width: 23, y: 40, bridge: 0.6 },
  mouth: { y: 92, half: 36, upper: 5.5, lower: 9 },
  rest: { browDownLeft: 0.32, browDownRight: 0.32, mouthFrownLeft: 0.14, mouthFrownRight: 0.14, eyeSquintLeft: 0.14, eyeSquintRight: 0.14 },
  back: ["coif"], body: ["mail"], front: ["helmet"], whiskers: "moustache",
  scene: { top: "#1f2733", low: "#0c0d11", light: "#ffb254", props: ["stones", "torch"] },
};

const SKINS = [["#f3cba8", "#b9714f"], ["#e3ac82", "#99573a"], ["#c68a5f", "#7a4227"], ["#8f5a3c", "#4d2a1a"], ["#6d4330", "#331c13"]];
const HAIRS = ["#2a1b16", "#5b3420", "#8a5a2b", "#b98b4a", "#6e6a68", "#7b2f1c"];
const CLOTHS = ["#7a3b3b", "#39596b", "#4f6140", "#6b4a7a", "#8a6a2f", "#2f6a62"];
const IRISES = ["#4f7a94", "#5d7a3a", "#6b3d1c", "#7a5a2a", "#4a4f5c"];

/** The look of character `id`. */
export function lookOf(id) {
  if (/inn|tavern|barmaid|cook/i.test(id)) return INNKEEPER;
  if (/noodle|ramen|stall/i.test(id)) return NOODLES;
  if (/guard|watch|soldier|knight/i.test(id)) return GUARD;
  return stranger(id);
}

function stranger(id) {
  const next = chance([...id].reduce((sum, letter) => Math.imul(sum, 31) + letter.codePointAt(0), 7));
  for (let i = 0; i < 4; i++) next();
  const pick = (list) => list[Math.floor(next() * list.length)];
  const [skin, shade] = pick(SKINS);
  const [hair, cloth, bearded] = [pick(HAIRS), pick(CLOTHS), next() < 0.4];
  return {
    skin, shade, hair, cloth, iris: pick(IRISES), blush: "#c8503a", flush: 0.22, gloss: 0.2,
    lip: shade, trim: "#d9b26a", shirt: "#e5d6bd", dress: cloth, stubble: bearded,
    face: { temple: 96, cheek: 99 + next() * 8, jaw: 78 + next() * 16, chin: 36 + next() * 16, length: 130 + next() * 14 },
    eye: { x: 44, y: -11, half: 21 + next() * 3, top: 13 + next() * 4, bottom: 9, iris: 11.5, lash: 3.6, wing: !bearded },
    brow: { y: -42, inner: 21, outer: 70, arch: 7, thick: bearded ? 11 : 8, colour: hair },
    nose: { width: 15 + next() * 6, y: 36, bridge: next() * 0.5 },
    mouth: { y: 82, half: 35, upper: 7.5, lower: 10 },
    rest: { mouthSmileLeft: 0.15, mouthSmileRight: 0.15 },
    back: ["hood"], body: ["cloak"], front: ["fringe", "hoodRim"], whiskers: bearded && next() < 0.6 ? "moustache" : undefined,
    scene: { top: "#2c2119", low: "#120d0a", light: "#f2a65a", props: [] },
  };
}
