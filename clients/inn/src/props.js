// The things that can be looked at, clicked and used. Each is {id, kind, name, description, state, root, show()}.

import * as THREE from "three";
import { lantern } from "./fire.js";
import { merged } from "./merge.js";
import { COUNTER, DOOR, TABLE } from "./room.js";
import { ball, box, boxes, group, mesh, tube, turned } from "./shapes.js";

export const DRINKS = { cider: "#d9922e", ale: "#8a4a1c", tea: "#5d6b2a" };
export const DISHES = { clam: "#e8dcc0", pepper: "#c2492c", plain: "#ecd9a0" };
const KEG_CUPS = 5; // a keg this small is emptied within a visit, so that players meet an action that fails

const prop = (id, kind, name, description, state, root, more = {}) => {
  root.userData.id = id;
  return { id, kind, name, description, state, root, show() {}, ...more };
};

export function props(map, light) {
  const top = COUNTER.height;
  const made = [
    cup("cup-red", "the red cup", "#a03225", [0.16, top, -1.17]),
    cup("cup-blue", "the blue cup", "#2d5677", [-0.14, top, -1.12]),
    keg(), door(map), candle(light), chart(), bowl(), stall(map, light),
    prop("hearth", "hearth", "the hearth", "burning bright", {}, group([], [-2, 0.7, -2.3])),
  ];
  return new Map(made.map((one) => [one.id, one]));
}

function cup(id, name, colour, at) {
  const drink = new THREE.MeshLambertMaterial({ color: DRINKS.cider, emissive: "#2a1604" });
  const level = mesh(new THREE.CylinderGeometry(0.041, 0.037, 0.004, 18), drink, [0, 0.012, 0]);
  const handle = mesh(new THREE.TorusGeometry(0.028, 0.008, 8, 16), colour, [0.056, 0.055, 0]);
  const bowl = turned([[0, 0], [0.042, 0], [0.046, 0.02], [0.049, 0.11], [0.044, 0.11], [0.041, 0.014], [0, 0.01]], colour);
  const root = group([merged(group([bowl, turned([[0.0475, 0.03], [0.0495, 0.035], [0.0485, 0.045]], "#e3cfa4"), handle])), level], at);
  return prop(id, "cup", name, "standing on the counter", { empty: true }, root, {
    full: 0,
    at: at.slice(),
    show() {
      level.position.y = 0.012 + 0.086 * this.full;
      level.visible = this.full > 0.01;
      if (this.state.holds) drink.color.set(DRINKS[this.state.holds] ?? DRINKS.cider);
    },
  });
}

function keg() {
  const staves = turned([[0, -0.2], [0.13, -0.2], [0.165, -0.08], [0.17, 0], [0.165, 0.08], [0.13, 0.2], [0, 0.2]], "#8a5730", [0, 0, 0], 16);
  const hoops = [-0.14, -0.06, 0.06, 0.14].map((y) => tube(0.152 + 0.016 * (1 - Math.abs(y) / 0.14), 0.152 + 0.016 * (1 - Math.abs(y) / 0.14), 0.022, "#3f3f42", [0, y, 0]));
  const barrel = group([staves, ...hoops], [0, 0.3, 0]);
  barrel.rotation.x = Math.PI / 2;
  const tap = group([tube(0.012, 0.012, 0.12, "#b08d45", [0, 0.2, 0.24]), tube(0.014, 0.014, 0.05, "#b08d45", [0, 0.185, 0.29])]);
  tap.children[0].rotation.x = Math.PI / 2;
  const rack = [-0.14, 0.14].map((x) => box([0.05, 0.16, 0.36], "#4a2c1b", [x, 0.08, 0]));
  const stream = tube(0.006, 0.007, 1, DRINKS.cider, [0, 0, 0.29], 8);
  stream.visible = stream.castShadow = false;
  const root = group([merged(group([barrel, tap, ...rack])), stream], [1.02, COUNTER.height, -1.26]);
  root.rotation.y = -Math.PI / 2; // the tap to the side, so that the player sees what flows
  return prop("barrel", "barrel", "the cider barrel", "on the end of the counter", { empty: false }, root, { left: KEG_CUPS, stream, tap: new THREE.Vector3(0.73, COUNTER.height, -1.26) });
}

function door(map) {
  const planks = [-0.41, -0.205, 0, 0.205, 0.41].map((x, n) => ({ size: [0.2, DOOR.height - 0.02, 0.06], at: [x + DOOR.width / 2, DOOR.height / 2, 0], colour: n % 2 ? "#6b3f23" : "#74472a" }));
  const bands = [0.35, 1.75].map((y) => ({ size: [0.9, 0.07, 0.075], at: [0.47, y, 0], colour: "#2b2a2c" }));
  const leaf = group([boxes([...planks, ...bands], map), mesh(new THREE.TorusGeometry(0.05, 0.011, 8, 18), "#b08d45", [0.93, 1.05, 0.06])], [DOOR.x - DOOR.width / 2, 0, -3]);
  return prop("door", "door", "the front door", "of heavy oak", { open: false }, leaf, {
    swing: 0,
    show() {
      leaf.rotation.y = -this.swing * 1.75; // opens into the street, so that nobody inside is in its way
    },
  });
}

function candle(light) {
  const wax = tube(0.024, 0.026, 0.13, "#efe2c4", [0, 0.075, 0], 12);
  const dish = turned([[0, 0], [0.06, 0], [0.075, 0.018], [0.07, 0.02], [0.03, 0.008]], "#9a7a3c");
  const flame = mesh(new THREE.ConeGeometry(0.012, 0.045, 8), new THREE.MeshBasicMaterial({ color: "#ffe3a0" }), [0, 0.167, 0]);
  const root = group([merged(group([wax, dish])), flame], [TABLE.x + 0.05, TABLE.height, TABLE.z - 0.12]);
  const lamp = lantern(light, [0, 0, 0]).shine;
  lamp.position.y = 0.17;
  lamp.scale.setScalar(0.6);
  root.add(lamp);
  return prop("candle", "candle", "the candle", "on the table", { lit: true }, root, {
    show() {
      flame.visible = lamp.visible = this.state.lit;
    },
  });
}

function chart() {
  const canvas = document.createElement("canvas");
  canvas.width = 256;
  canvas.height = 176;
  const c = canvas.getContext("2d");
  c.fillStyle = "#dcc493";
  c.fillRect(0, 0, 256, 176);
  c.strokeStyle = "#6a4a28";
  c.lineWidth = 3;
  c.stroke(new Path2D("M20 60 C70 20 96 92 130 70 S190 34 240 62 M26 120 C80 150 150 108 236 136"));
  c.strokeStyle = "#9b2f22";
  c.setLineDash([7, 6]);
  c.stroke(new Path2D("M40 140 C90 110 120 130 158 96 L200 44"));
  c.setLineDash([]);
  c.stroke(new Path2D("M192 36 l16 16 m0 -16 l-16 16"));
  const texture = new THREE.CanvasTexture(canvas);
  texture.colorSpace = THREE.SRGBColorSpace;
  const sheet = mesh(new THREE.PlaneGeometry(0.42, 0.29), new THREE.MeshLambertMaterial({ map: texture, side: THREE.DoubleSide }), [0, 0.004, 0]);
  sheet.rotation.x = -Math.PI / 2;
  const root = group([sheet], [TABLE.x - 0.18, TABLE.height, TABLE.z + 0.1]);
  root.rotation.y = 0.24;
  return prop("map", "map", "the map of the harbour", "spread out on the table", {}, root, { at: root.position.toArray() });
}

/** Where the stall stands, and the way it faces. */
export const STALL = { x: -2.3, z: -0.28, turn: 0.5 };

function bowl() {
  const soup = new THREE.MeshLambertMaterial({ color: DISHES.clam, emissive: "#1d1206" });
  const broth = mesh(new THREE.CylinderGeometry(0.085, 0.05, 0.004, 20), soup, [0, 0.055, 0]);
  const noodles = [0.05, 0.034, 0.02].map((radius, n) => mesh(new THREE.TorusGeometry(radius, 0.0075, 6, 20), "#f1dfae", [0.012 * n, 0.06, -0.008 * n]));
  for (const ring of noodles) ring.rotation.x = Math.PI / 2;
  const contents = group([broth, ...noodles]);
  const root = group([turned([[0, 0], [0.045, 0], [0.05, 0.012], [0.098, 0.075], [0.092, 0.076], [0.045, 0.018]], "#a8382a"), contents], onStall(0.2, 0.93, 0.12));
  return prop("bowl", "bowl", "the noodle bowl", "on the noodle stall", { empty: true }, root, {
    at: root.position.toArray(),
    show() {
      contents.visible = !this.state.empty;
      if (this.state.holds) soup.color.set(DISHES[this.state.holds.split(" ")[0]] ?? DISHES.plain);
    },
  });
}

export function onStall(x, y, z) {
  const [sin, cos] = [Math.sin(STALL.turn), Math.cos(STALL.turn)];
  return [STALL.x + x * cos + z * sin, y, STALL.z - x * sin + z * cos];
}

/** Tansy's cart, with its roof, its pot and two paper lanterns. */
function stall(map, light) {
  const parts = [{ size: [1.3, 0.06, 0.6], at: [0, 0.9, 0], colour: "#8a5632" }, { size: [1.22, 0.34, 0.04], at: [0, 0.7, 0.26], colour: "#7d2c22" }, { size: [1.22, 0.05, 0.5], at: [0, 0.34, 0], colour: "#5f3a22" }];
  for (const [x, z] of [[-0.6, -0.25], [0.6, -0.25], [-0.6, 0.25], [0.6, 0.25]]) parts.push({ size: [0.055, z < 0 ? 2.2 : 0.9, 0.055], at: [x, z < 0 ? 1.1 : 0.45, z], colour: "#4b2d1b" });
  for (let n = 0; n < 8; n++) parts.push({ size: [0.172, 0.02, 0.9], at: [-0.6 + n * 0.172, 2.2, 0.0], turn: [0.2, 0, 0], colour: n % 2 ? "#e6d5b4" : "#a43425" });
  const pot = turned([[0, 0], [0.15, 0], [0.17, 0.05], [0.17, 0.2], [0.155, 0.2], [0.15, 0.03]], "#3b3c40", [-0.32, 0.93, -0.02]);
  const broth = tube(0.155, 0.155, 0.01, "#b5782f", [-0.32, 1.09, -0.02]);
  const wheels = [-0.5, 0.5].map((x) => {
    const wheel = mesh(new THREE.TorusGeometry(0.24, 0.03, 8, 24), "#3c2415", [x, 0.26, 0.3]);
    return wheel;
  });
  const papers = [-0.56, 0.56].map((x) => paper(light, x));
  const steam = [0, 1, 2, 3].map(() => {
    const puff = new THREE.Sprite(new THREE.SpriteMaterial({ map: light, color: "#b9aca0", transparent: true, opacity: 0.12, depthWrite: false }));
    puff.scale.setScalar(0.3);
    return puff;
  });
  const root = group([boxes(parts, map), pot, broth, ...wheels, ...papers, ...steam, ball(0.03, "#e9e2d2", [0.5, 0.95, 0.05]), ball(0.028, "#d94f35", [0.42, 0.95, 0.14])], [STALL.x, 0, STALL.z]);
  merged(root).rotation.y = STALL.turn;
  return prop("stall", "stall", "the noodle stall", "steaming beside the hearth", {}, root, {
    advance(seconds) {
      steam.forEach((puff, n) => {
        const life = (seconds * 0.22 + n / 4) % 1;
        puff.position.set(-0.32 + 0.05 * Math.sin(n * 3 + life * 4), 1.12 + life * 0.55, 0);
        puff.material.opacity = 0.2 * Math.sin(life * Math.PI);
        puff.scale.setScalar(0.16 + life * 0.25);
      });
    },
  });
}

function paper(light, x) {
  const skin = ball(0.1, new THREE.MeshLambertMaterial({ color: "#d8452c", emissive: "#a83a1a" }), [x, 1.92, 0.42], [1, 1.15, 1]);
  skin.castShadow = false;
  const shine = lantern(light, [0, 0, 0]).shine;
  shine.material.color.set("#ff7a42");
  shine.position.set(x, 1.92, 0.42);
  shine.scale.setScalar(0.6);
  return group([skin, shine, tube(0.045, 0.045, 0.02, "#2b1d14", [x, 2.035, 0.42]), tube(0.045, 0.045, 0.02, "#2b1d14", [x, 1.805, 0.42])]);
}
