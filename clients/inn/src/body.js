// A simple body with two arms that reach. Its origin is on the floor, it faces +z, and its own left is +x.

import * as THREE from "three";
import { merged } from "./merge.js";
import { ball, box, group, mesh, tube, turned } from "./shapes.js";

const UPPER = 0.29;
const FORE = 0.27;
const LIMB = new THREE.CapsuleGeometry(1, 1, 4, 10);
const DOWN = new THREE.Vector3(0, -1, 0);

/** Where hands are when they have nothing to do, seen from the left one. */
const REST = new THREE.Vector3(0.27, 0.84, 0.12);

export class Body {
  /** `look` is a costume, see costumes.js. */
  constructor(look) {
    this.height = look.height;
    this.root = group([trunk(look)]);
    this.root.scale.setScalar(look.height);
    this.chest = group([torso(look)], [0, 0, 0]);
    this.root.add(this.chest);
    this.neck = group([], [0, 1.43, 0.005]); // heads are put here by their pivot
    this.chest.add(this.neck);
    this.arms = [1, -1].map((side) => new Arm(side, look));
    for (const arm of this.arms) this.chest.add(arm.root);
    this.legs = legs(look);
    this.root.add(...this.legs);
  }

  /** Let the hand of `side` (1 left, -1 right) go to a point in the world, or back to rest for null. */
  reach(side, point) {
    this.arms[side > 0 ? 0 : 1].goal = point?.clone() ?? null;
  }

  /** The side that is nearer to a point in the world. */
  sideOf(point) {
    return this.root.worldToLocal(point.clone()).x >= 0 ? 1 : -1;
  }

  hand(side) {
    return this.arms[side > 0 ? 0 : 1].hand;
  }

  advance(seconds, step, { walking = 0, still = false }) {
    const breath = still ? 0 : Math.sin(seconds * 1.7 + this.height * 9);
    this.chest.position.y = 0.004 * breath + (walking ? Math.abs(Math.sin(seconds * 7)) * 0.02 : 0);
    this.chest.rotation.z = walking * 0.025 * Math.sin(seconds * 7);
    this.legs.forEach((leg, n) => (leg.rotation.x = walking * 0.42 * Math.sin(seconds * 7 + n * Math.PI)));
    this.arms.forEach((arm, n) => arm.advance(step, walking * 0.16 * Math.sin(seconds * 7 + (1 - n) * Math.PI), this.chest));
  }
}

class Arm {
  constructor(side, look) {
    this.side = side;
    this.shoulder = new THREE.Vector3(side * 0.195, 1.3, 0);
    this.upper = limb(0.062, 0.05, UPPER, look.sleeve);
    this.fore = limb(0.05, 0.04, FORE, look.cuff ?? look.sleeve);
    this.hand = hand(side, look.skin);
    this.root = group([ball(0.085, look.sleeve, this.shoulder.toArray(), [1, 0.95, 1]), this.upper, this.fore, this.hand]);
    this.rest = new THREE.Vector3(side * (look.rest?.[0] ?? REST.x), look.rest?.[1] ?? REST.y, look.rest?.[2] ?? REST.z);
    this.at = this.rest.clone();
    this.goal = null;
  }

  advance(step, swing, chest) {
    const goal = this.goal ? chest.worldToLocal(this.goal.clone()) : this.rest.clone().add(new THREE.Vector3(0, 0, swing));
    this.at.lerp(goal, 1 - Math.exp(-step * 6)); // a third of a second to most of the way: a calm hand
    this.#bend(this.at);
  }

  /** Two bones to a point, the elbow out and down. */
  #bend(point) {
    const toward = point.clone().sub(this.shoulder);
    const reach = Math.min(toward.length(), UPPER + FORE - 0.005);
    toward.normalize();
    const along = (UPPER ** 2 - FORE ** 2 + reach ** 2) / (2 * reach);
    const out = Math.sqrt(Math.max(0, UPPER ** 2 - along ** 2));
    const pole = new THREE.Vector3(this.side * 0.55, -1, -0.55).projectOnPlane(toward).normalize();
    const elbow = this.shoulder.clone().addScaledVector(toward, along).addScaledVector(pole, out);
    const wrist = this.shoulder.clone().addScaledVector(toward, reach);
    lay(this.upper, this.shoulder, elbow);
    lay(this.fore, elbow, wrist);
    this.hand.position.copy(wrist);
    this.hand.quaternion.copy(this.fore.quaternion);
  }
}

function lay(bone, from, to) {
  bone.position.copy(from);
  bone.quaternion.setFromUnitVectors(DOWN, to.clone().sub(from).normalize());
}

/** A tapering limb that hangs from its origin. */
function limb(top, bottom, length, colour) {
  return merged(group([tube(top, bottom, length, colour, [0, -length / 2, 0], 12), ball(bottom * 1.02, colour, [0, -length, 0]), ball(top, colour, [0, 0, 0])]));
}

function hand(side, skin) {
  const thumb = mesh(LIMB, skin, [-side * 0.036, -0.045, 0.02]);
  thumb.scale.set(0.013, 0.022, 0.013);
  thumb.rotation.z = -side * 0.5;
  const fingers = [-0.024, -0.008, 0.008, 0.024].map((x) => {
    const finger = mesh(LIMB, skin, [x, -0.105, 0.006]);
    finger.scale.set(0.0105, 0.02, 0.0105);
    return finger;
  });
  return merged(group([ball(0.042, skin, [0, -0.05, 0], [0.92, 1.15, 0.55]), thumb, ...fingers]));
}

function trunk({ skirt, trousers }) {
  if (trousers) return group([turned([[0.155, 0.82], [0.185, 0.9], [0.17, 1.0]], trousers)]);
  return turned([[0.3, 0.03], [0.27, 0.4], [0.215, 0.75], [0.185, 0.92], [0.16, 1.0]], skirt);
}

function torso(look) {
  const shape = turned([[0.0, 0.9], [0.165, 0.92], [0.158, 1.03], [0.185, 1.18], [0.19, 1.28], [0.15, 1.36], [0.07, 1.415], [0.052, 1.44], [0, 1.44]], look.cloth);
  shape.scale.z = 0.74;
  const made = group([shape, tube(0.047, 0.056, 0.13, look.skin, [0, 1.44, 0.002], 14)]);
  const belt = tube(0.168, 0.172, 0.055, look.belt ?? "#3a2417", [0, 0.985, 0]);
  belt.scale.z = 0.8;
  made.add(belt);
  look.wear?.(made);
  return merged(made);
}

function legs({ trousers, boots = "#2b1c13" }) {
  return [1, -1].map((side) => {
    const shoe = box([0.1, 0.08, 0.22], boots, [0, -0.83, 0.04]);
    if (!trousers) shoe.scale.y = 0.7;
    const parts = trousers ? [tube(0.085, 0.07, 0.5, trousers, [0, -0.25, 0], 12), tube(0.078, 0.062, 0.36, boots, [0, -0.65, 0], 12), shoe] : [shoe];
    return merged(group(parts, [side * 0.095, 0.87, 0]));
  });
}
