// One person of the inn: body, head, where it stands, what it looks at.

import * as THREE from "three";
import { Body } from "./body.js";
import { costume } from "./costumes.js";
import { plainHead } from "./head.js";
import { Life } from "./life.js";
import { ball, group, mesh } from "./shapes.js";
import { STALL } from "./props.js";
import { SPOTS, way } from "./ways.js";

const PACE = 0.95; // metres a second: a stroll
const HEADS = 1.22; // of life: faces are read from across the room
const TURN = 5; // per second: the body is round within half a second
const NOTHING = new THREE.MeshBasicMaterial({ colorWrite: false, depthWrite: false });
const UNDRAWN = new THREE.MeshBasicMaterial({ visible: false });
const DEGREE = Math.PI / 180;

const HOMES = {
  innkeeper: { spot: "counter", yaw: 0, kind: "innkeeper" },
  guard: { spot: "post", yaw: -0.5, kind: "guard" },
  noodles: { spot: "cart", yaw: STALL.turn, kind: "cook" },
};
const GUESTS = ["front", "table", "corner", "end"]; // for whoever else is in the cast

export class Character {
  constructor(npc, number, { still }) {
    this.id = npc.id;
    this.name = npc.name;
    this.description = npc.description;
    this.home = HOMES[npc.id] ?? { spot: GUESTS[number % GUESTS.length], yaw: 0, kind: "person" };
    this.look = costume(npc.id);
    this.body = new Body(this.look);
    this.root = this.body.root;
    this.root.userData.id = npc.id;
    const [x, z] = SPOTS[this.home.spot];
    this.root.position.set(x, 0, z);
    this.yaw = this.root.rotation.y = this.home.yaw;
    this.still = still;
    this.life = new Life(77 + number * 31, { still, mood: npc.id === "guard" ? 0.02 : 0.16 });
    this.path = [];
    this.arrived = null;
    this.frame = null;
    this.root.add(...unseen());
    this.wear(plainHead(this.look.skin));
  }

  /** Put on another head (or a whole body), made by headOf or by vrm.js. */
  wear(avatar) {
    if (this.avatar) this.avatar.root.removeFromParent();
    this.avatar = avatar;
    this.body.chest.visible = !avatar.wholeBody;
    for (const part of this.root.children) if (part !== this.body.chest && !part.userData.unseen) part.visible = !avatar.wholeBody;
    if (avatar.wholeBody) this.root.add(avatar.root);
    else this.#seat(avatar);
    this.rest = avatar.pivot.quaternion.clone();
  }

  /** The pivot of the head comes to lie in the neck, wherever the model has it. */
  #seat(avatar) {
    for (const name of ["bust", "body"]) {
      const own = avatar.root.getObjectByName(name);
      if (own) own.visible = false; // this body has shoulders already
    }
    this.body.neck.remove(this.seat);
    avatar.root.position.set(0, 0, 0);
    avatar.root.updateMatrixWorld(true);
    avatar.root.position.sub(avatar.root.worldToLocal(avatar.pivot.getWorldPosition(new THREE.Vector3())).multiply(avatar.root.scale));
    this.seat = group([avatar.root]);
    this.seat.scale.setScalar(HEADS);
    this.body.neck.add(this.seat);
  }

  /** Between the eyes, in the world. */
  eyes() {
    const up = this.avatar.wholeBody ? this.avatar.height * 0.93 : 0.15;
    const from = this.avatar.wholeBody ? this.root : this.body.neck;
    return from.localToWorld(new THREE.Vector3(0, up, 0.08));
  }

  /** Go to a spot; resolves when it is reached. */
  walk(spot) {
    this.path = way(this.root.position, spot);
    this.spot = spot;
    this.arrived?.();
    return new Promise((resolve) => (this.arrived = resolve));
  }

  async goHome() {
    if (this.spot === undefined || this.spot === this.home.spot) return;
    await this.walk(this.home.spot);
    this.yaw = this.home.yaw;
  }

  face(point) {
    this.yaw = Math.atan2(point.x - this.root.position.x, point.z - this.root.position.z);
  }

  /** `shown` is {weights, pose} of the client, or null for its own life; `index` says where each shape is. */
  advance(seconds, step, { index, shown, focus, speaking }) {
    const walking = this.#step(step);
    turn(this.root, this.yaw, step);
    this.body.advance(seconds, step, { walking, still: this.still });
    const weights = this.#weights(shown, index.size);
    if (shown) this.#nod(...shown.pose);
    else this.#live(seconds, step, index, weights, focus, speaking);
    this.avatar.show(index, weights, step);
    this.jaw = weights[index.get("jawOpen")] ?? 0;
  }

  #weights(shown, size) {
    if (this.frame?.length !== size) this.frame = new Float32Array(size);
    if (shown) this.frame.set(shown.weights);
    else this.frame.fill(0);
    return this.frame;
  }

  #live(seconds, step, index, weights, focus, speaking) {
    this.life.wander(seconds);
    const { yaw, pitch, roll } = this.life.add(seconds, step, index, weights, this.#toward(focus), speaking);
    this.#nod(yaw / DEGREE, pitch / DEGREE, roll / DEGREE);
  }

  /** Degrees, as the wire has them: to the own left, up, and toward the own left shoulder. */
  #nod(yaw, pitch, roll) {
    const turned = new THREE.Quaternion().setFromEuler(new THREE.Euler(-pitch * DEGREE, yaw * DEGREE, -roll * DEGREE, "YXZ"));
    this.avatar.pivot.quaternion.copy(this.rest).multiply(turned);
  }

  #toward(focus) {
    if (!focus) return { yaw: 0, pitch: 0 };
    const local = this.root.worldToLocal(focus.clone()).sub(new THREE.Vector3(0, 1.58, 0.08));
    return { yaw: Math.atan2(local.x, Math.max(0.15, local.z)), pitch: Math.atan2(local.y, Math.hypot(local.x, local.z)) };
  }

  #step(step) {
    const next = this.path[0];
    if (!next) return 0;
    const to = next.clone().sub(this.root.position).setY(0);
    const far = to.length();
    if (far < PACE * step + 0.01) {
      this.root.position.set(next.x, 0, next.z);
      this.path.shift();
      if (!this.path.length) {
        const done = this.arrived;
        this.arrived = null;
        done?.();
      }
      return 1;
    }
    this.yaw = Math.atan2(to.x, to.z);
    this.root.position.addScaledVector(to, (PACE * step) / far);
    return 1;
  }
}

/** What throws the head's shadow, and what a pointer touches: neither is seen. */
function unseen() {
  const shade = ball(0.125, NOTHING, [0, 1.56, 0], [0.85, 1.1, 0.9]);
  const touched = mesh(new THREE.CapsuleGeometry(0.27, 1.2, 3, 8), UNDRAWN, [0, 0.9, 0]);
  touched.castShadow = touched.receiveShadow = false;
  return [shade, touched].map((part) => Object.assign(part, { userData: { unseen: true } }));
}

function turn(root, yaw, step) {
  const off = Math.atan2(Math.sin(yaw - root.rotation.y), Math.cos(yaw - root.rotation.y));
  root.rotation.y += off * (1 - Math.exp(-step * TURN));
}
