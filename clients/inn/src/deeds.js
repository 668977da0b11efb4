// What characters can do here, and what it looks like. Each deed resolves to {ok, text} when it has been done.

import * as THREE from "three";
import { BESIDE } from "./ways.js";

const ok = (text = "") => ({ ok: true, text });
const no = (text) => ({ ok: false, text });

export const DEEDS = {
  async pour(world, who, { target, parameters }) {
    const [cup, keg] = [world.thing(target), world.thing("barrel")];
    if (cup.holder) return no("The player still holds that cup.");
    if (keg.state.empty) return no("The barrel is empty.");
    await stand(who, "counter");
    await take(world, who, cup, keg.tap.clone().add(new THREE.Vector3(0, 0.004, 0)));
    cup.state = { empty: false, holds: parameters.drink ?? "cider" };
    await flow(world, keg, cup);
    await take(world, who, cup, new THREE.Vector3(...cup.at));
    who.body.reach(1, null);
    who.body.reach(-1, null);
    keg.state = { empty: --keg.left <= 0 };
    world.changed(cup.id, keg.id);
    return ok(`${cap(cup.name)} is full of ${cup.state.holds} now.`);
  },

  async serve(world, who, { target, parameters }) {
    const bowl = world.thing(target);
    if (bowl.holder) return no("The player still holds the bowl.");
    await stand(who, who.home.spot);
    const pot = world.thing("stall").root.localToWorld(new THREE.Vector3(-0.32, 1.16, -0.02));
    await reach(world, who, pot, 0.9);
    await reach(world, who, bowl.root.getWorldPosition(new THREE.Vector3()).add(new THREE.Vector3(0, 0.14, 0)), 0.7);
    bowl.state = { empty: false, holds: `${parameters.dish ?? "clam"} noodles` };
    bowl.show();
    rest(who);
    world.changed(bowl.id);
    return ok(`The bowl is full of ${bowl.state.holds}.`);
  },

  open: (world, who, { target }) => swing(world, who, world.thing(target), true),
  close: (world, who, { target }) => swing(world, who, world.thing(target), false),

  async light(world, who, { target }) {
    return candle(world, who, world.thing(target), true);
  },

  async snuff(world, who, { target }) {
    return candle(world, who, world.thing(target), false);
  },

  async point(world, who, { target }) {
    const at = world.placeOf(target);
    who.face(at);
    const shoulder = who.body.chest.localToWorld(new THREE.Vector3(0, 1.3, 0));
    const hand = shoulder.clone().add(at.clone().sub(shoulder).setLength(0.62));
    await reach(world, who, hand, 2.2);
    rest(who);
    if (!who.path.length) who.face(world.player());
    return ok();
  },

  async give(world, who, { target }) {
    const thing = world.thing(target);
    if (thing.holder) return no("The player has it already.");
    if (BESIDE[thing.id] && !near(who, thing)) await who.walk(BESIDE[thing.id]);
    if (!near(who, thing)) return no(`${cap(thing.name)} is out of reach.`);
    const toward = world.player().sub(who.root.position).setY(0).setLength(0.5);
    await take(world, who, thing, who.root.position.clone().add(toward).setY(1.18));
    world.hand(thing);
    rest(who);
    who.goHome();
    return ok(`The player has ${thing.name} now.`);
  },

  async go(world, who, { target }) {
    const spot = BESIDE[target] ?? world.spotOf(target);
    if (!spot) return no("There is no way there.");
    await who.walk(spot);
    who.face(world.player());
    return ok();
  },

  async back(world, who) {
    await who.goHome();
    return ok();
  },

  async wave(world, who) {
    const up = (x) => who.body.chest.localToWorld(new THREE.Vector3(-x, 1.62, 0.16));
    await world.during(1.8, (part) => who.body.reach(-1, up(0.36 + 0.1 * Math.sin(part * 22))));
    rest(who);
    return ok();
  },
};

const cap = (text) => text[0].toUpperCase() + text.slice(1);
const near = (who, thing) => thing.root.getWorldPosition(new THREE.Vector3()).setY(0).distanceTo(who.root.position) < 1.1;

function rest(who) {
  who.body.reach(1, null);
  who.body.reach(-1, null);
}

async function stand(who, spot) {
  if ((who.spot ?? who.home.spot) === spot) return;
  await who.walk(spot);
  who.yaw = who.home.yaw;
}

async function reach(world, who, point, seconds) {
  const side = who.body.sideOf(point);
  who.body.reach(-side, null);
  who.body.reach(side, point);
  await world.during(seconds);
}

/** Take a thing by hand from where it is to a point of the world. */
async function take(world, who, thing, to) {
  const from = thing.root.getWorldPosition(new THREE.Vector3());
  world.stage.attach(thing.root);
  const side = who.body.sideOf(from.clone().lerp(to, 0.5));
  const grip = new THREE.Vector3(0, 0.1, -0.04);
  who.body.reach(side, from.clone().add(grip));
  await world.during(0.45);
  await world.during(0.8, (part) => {
    const soft = part * part * (3 - 2 * part);
    thing.root.position.lerpVectors(from, to, soft);
    thing.root.position.y += 0.1 * Math.sin(soft * Math.PI);
    who.body.reach(side, thing.root.position.clone().add(grip));
  });
  thing.root.position.copy(to);
}

async function flow(world, keg, cup) {
  keg.stream.visible = true;
  await world.during(1.7, (part) => {
    cup.full = 0.15 + 0.85 * part;
    cup.show();
    const bottom = 0.02 + 0.085 * cup.full;
    keg.stream.scale.y = 0.17 - bottom;
    keg.stream.position.y = (0.17 + bottom) / 2;
  });
  keg.stream.visible = false;
  cup.full = 1;
  cup.show();
}

async function swing(world, who, door, open) {
  if (door.state.open === open) return no(`${cap(door.name)} is ${open ? "open" : "closed"} already.`);
  await who.walk("door");
  who.face(world.placeOf(door.id));
  await reach(world, who, new THREE.Vector3(2.6, 1.05, -2.85), 0.5);
  await world.swing(door, open);
  rest(who);
  who.goHome();
  return ok();
}

async function candle(world, who, thing, lit) {
  if (thing.state.lit === lit) return no(`${cap(thing.name)} is ${lit ? "lit" : "out"} already.`);
  await who.walk(BESIDE.candle);
  who.face(world.placeOf(thing.id));
  await reach(world, who, world.placeOf(thing.id), 0.7);
  thing.state = { lit };
  thing.show();
  world.changed(thing.id);
  rest(who);
  who.goHome();
  return ok();
}
