// What the people of Saltmarrow wear, by character id; whoever is not known here gets a plain coat.

import * as THREE from "three";
import { ball, box, mesh, tube, turned } from "./shapes.js";

/** The front of an apron, bent round the body. */
function apron(colour, low, high, round = 1.9) {
  const profile = [[0.235, low], [0.2, 0.8], [0.178, 0.98], [0.176, high]].map(([r, y]) => new THREE.Vector2(r + 0.012, y));
  const material = new THREE.MeshLambertMaterial({ color: colour, side: THREE.DoubleSide });
  const made = mesh(new THREE.LatheGeometry(profile, 16, -round / 2, round), material);
  made.scale.z = 0.92;
  return made;
}

const strap = (x, colour) => {
  const made = box([0.035, 0.36, 0.012], colour, [x, 1.22, 0.148]);
  made.rotation.set(-0.1, 0, x * 0.9);
  return made;
};

export const COSTUMES = {
  innkeeper: {
    height: 0.98, skin: "#d9a27c", cloth: "#6e2f33", sleeve: "#e6d6b8", cuff: "#d9a27c", skirt: "#4a2430", belt: "#3a2417", rest: [0.25, 0.93, 0.17],
    wear: (chest) => chest.add(apron("#e9dcc0", 0.35, 1.2), strap(-0.09, "#e9dcc0"), strap(0.09, "#e9dcc0"), turned([[0.1, 1.36], [0.16, 1.345], [0.145, 1.385], [0.07, 1.425]], "#e6d6b8")),
  },
  guard: {
    height: 1.06, skin: "#c68f6c", cloth: "#3c4a5c", sleeve: "#59606b", cuff: "#3a2b20", skirt: "#2f3a49", trousers: "#33302f", boots: "#261a12", belt: "#6b4a28", rest: [0.27, 0.82, 0.08],
    wear: (chest) => {
      chest.add(turned([[0.235, 0.72], [0.205, 0.85], [0.175, 0.96]], "#3c4a5c"));
      for (const side of [-1, 1]) chest.add(ball(0.11, "#8b929b", [side * 0.2, 1.31, 0], [1, 0.75, 1.05]));
      const tabard = apron("#8c2f28", 0.72, 1.33, 1.15);
      chest.add(tabard, mesh(new THREE.TorusGeometry(0.045, 0.012, 8, 20), "#d2b25e", [0, 1.16, 0.172]), box([0.05, 0.05, 0.02], "#d2b25e", [0, 0.985, 0.15]));
      const sword = box([0.035, 0.72, 0.02], "#4a3322", [0.22, 0.66, -0.02]);
      sword.rotation.x = 0.3;
      chest.add(sword, tube(0.014, 0.014, 0.14, "#b8a05a", [0.22, 1.07, 0.1], 8));
    },
  },
  noodles: {
    height: 0.94, skin: "#d49a70", cloth: "#24475f", sleeve: "#24475f", cuff: "#d49a70", skirt: "#1d3647", belt: "#b53a2a", rest: [0.24, 0.98, 0.2],
    wear: (chest) => chest.add(apron("#b5382a", 0.45, 1.14), strap(-0.1, "#b5382a"), strap(0.1, "#b5382a"), turned([[0.085, 1.37], [0.13, 1.35], [0.07, 1.43]], "#efe4cf")),
  },
};

const PLAIN = { height: 1, skin: "#cf9b77", cloth: "#4c5b3c", sleeve: "#5d6c49", skirt: "#3f3328" };

export const costume = (id) => COSTUMES[id] ?? PLAIN;
