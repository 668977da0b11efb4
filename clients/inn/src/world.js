// What is where in the inn, and what happens over time in it.

import * as THREE from "three";
import { Character } from "./character.js";
import { fire, lantern } from "./fire.js";
import { props } from "./props.js";
import { cat, room } from "./room.js";
import { glow, grain, halo } from "./shapes.js";
import { nearest } from "./ways.js";
import { weather } from "./weather.js";

const LANTERNS = [[-0.75, 2.28, -1.75], [1.35, 2.3, -1.2], [3.55, 2.2, -2.2], [-3.6, 2.25, 0.4]];

export class World {
  /** `changed(ids)` is called with the things whose state is another. */
  constructor({ still, changed }) {
    this.still = still;
    this.changed = (...ids) => changed(ids);
    this.stage = new THREE.Scene();
    this.stage.background = new THREE.Color("#0d0907");
    this.stage.fog = new THREE.Fog("#120b08", 6, 13);
    this.characters = new Map();
    this.things = new Map();
    this.moving = []; // by themselves: {advance(seconds)}
    this.under = []; // what takes time: {seconds, at, step, done}
    this.seconds = 0;
    this.camera = null;
  }

  /** Each part is a step of its own, so that no frame of the page waits for the whole. */
  *build() {
    const [map, light] = [grain(), halo()];
    this.#lights(); // before anything is drawn: their number is part of every shader
    yield this.stage.add(room(map));
    yield this.#put(weather(map, light));
    yield this.#put(fire(map, light));
    yield this.#furnish(map, light);
    for (const at of LANTERNS) this.stage.add(lantern(light, at, { size: 1.15, hung: 3.1 - at[1] - 0.28 }).root);
    yield;
  }

  #put(part) {
    this.stage.add(part.root);
    this.moving.push(part);
  }

  #furnish(map, light) {
    this.things = props(map, light);
    const asleep = cat();
    asleep.userData.id = "cat";
    this.things.set("cat", { id: "cat", kind: "cat", name: "the cat", description: "asleep before the fire", state: {}, root: asleep, show() {} });
    for (const thing of this.things.values()) {
      this.stage.add(thing.root);
      thing.show();
      if (thing.advance) this.moving.push(thing);
    }
  }

  /** One light throws shadows; the others are there for warmth, for the moon and for faces. */
  #lights() {
    const key = new THREE.SpotLight("#ffdcb4", 44, 11, 0.98, 0.7, 1.7);
    key.position.set(0.6, 2.95, 1.9);
    key.target.position.set(0.2, 0.9, -1.5);
    key.castShadow = true;
    key.shadow.mapSize.set(1024, 1024);
    key.shadow.camera.near = 0.5;
    key.shadow.camera.far = 9;
    key.shadow.bias = -0.002;
    key.shadow.normalBias = 0.02;
    this.key = new THREE.PointLight("#ffe0bd", 1.5, 3.2, 1.2); // goes with the eye: nobody is talked to in the dark
    this.camera?.add(this.key);
    const moon = new THREE.PointLight("#7fa2ff", 5, 4.5, 1.6);
    moon.position.set(1.9, 1.9, -3.6);
    const cart = new THREE.PointLight("#ff8a52", 2.6, 3.2, 1.6);
    cart.position.set(-1.9, 1.85, 0.55);
    this.stage.add(new THREE.HemisphereLight("#d9b591", "#4a3226", 1.35), key, key.target, moon, cart);
    this.stage.add(glow(halo(), "#ff9a4a", 5, [-2, 0.9, -2.4], 0.13));
  }

  /** The cast as `ready` names it; who is here already stays as they are. */
  people(cast) {
    cast.forEach((npc, number) => {
      if (this.characters.has(npc.id)) return;
      const character = new Character(npc, number, { still: this.still });
      this.characters.set(npc.id, character);
      this.stage.add(character.root);
    });
  }

  thing(id) {
    const found = this.things.get(id);
    if (!found) throw new Error(`There is no ${id} here.`);
    return found;
  }

  nameOf(id) {
    if (id === "player") return "you";
    return this.things.get(id)?.name ?? this.characters.get(id)?.name ?? "it";
  }

  /** Where something is looked at. */
  placeOf(id) {
    if (id === "player") return this.player();
    const character = this.characters.get(id);
    if (character) return character.eyes();
    const place = new THREE.Box3().setFromObject(this.thing(id).root).getCenter(new THREE.Vector3());
    return Number.isFinite(place.x) && place.lengthSq() ? place : this.thing(id).root.getWorldPosition(place);
  }

  /** The player's head. */
  player() {
    return this.camera.getWorldPosition(new THREE.Vector3());
  }

  spotOf(id) {
    const character = this.characters.get(id);
    return character ? nearest(character.root.position) : null;
  }

  /** What is hit by a ray: the id of a thing or a character, or null. */
  hit(ray) {
    const solid = ray.intersectObjects(this.stage.children, true).find(({ object }) => object.visible && !object.isSprite && !object.isLine);
    for (let part = solid?.object; part; part = part.parent) if (part.userData.id) return part.userData.id;
    return null;
  }

  /** Put a thing into the player's hand, or back where it belongs. */
  hand(thing) {
    thing.holder = "player";
    this.camera.attach(thing.root);
    thing.root.position.set(0.2, -0.24, -0.6);
    thing.root.rotation.set(thing.id === "map" ? 0.9 : 0.15, -0.5, 0);
    thing.state = { ...thing.state, held_by_player: true };
    this.changed(thing.id);
  }

  putBack(thing) {
    thing.holder = null;
    this.stage.attach(thing.root);
    thing.root.position.set(...thing.at);
    thing.root.rotation.set(0, thing.id === "map" ? 0.24 : 0, 0);
    const { held_by_player: _, ...state } = thing.state;
    thing.state = state;
    this.changed(thing.id);
  }

  async swing(door, open) {
    const from = door.swing;
    door.state = { open };
    await this.during(0.9, (part) => {
      door.swing = from + ((open ? 1 : 0) - from) * part * part * (3 - 2 * part);
      door.show();
    });
    this.changed(door.id);
  }

  /** Call `step(0..1)` for so long; resolves at the end. */
  during(seconds, step = () => {}) {
    return new Promise((done) => this.under.push({ seconds, at: 0, step, done }));
  }

  /** Let `step` seconds pass. */
  advance(step) {
    this.seconds += step;
    for (const one of [...this.under]) {
      one.at += step;
      one.step(Math.min(1, one.at / one.seconds));
      if (one.at < one.seconds) continue;
      this.under.splice(this.under.indexOf(one), 1);
      one.done();
    }
    for (const one of this.moving) one.advance(this.still ? 1 : this.seconds);
  }
}

/** What the server is told of the things and people here (docs/scene.md). */
export function entities(world, ids = null) {
  const round = (point) => point.toArray().map((metres) => Math.round(metres * 100) / 100);
  const all = [...world.things.values()].map(({ id, kind, name, description, state }) => ({ id, kind, name, description, state, position: round(world.placeOf(id)) }));
  const people = [...world.characters.values()].map(({ id, name, home, root }) => ({ id, kind: home.kind, name, position: round(root.position) }));
  const player = { id: "player", kind: "player", name: "the player", position: round(world.player().setY(0)) };
  return [...all, ...people, player].filter(({ id }) => !ids || ids.includes(id));
}

