// Between the session and the inn: what is here goes to the server, what characters do and say comes back.

import * as THREE from "three";
import { DEEDS } from "./deeds.js";
import { told, VERBS } from "./verbs.js";
import { entities } from "./world.js";

const LOOK_DELAY = 150; // milliseconds: a glance that passes over something does not mean it
const MOVED = 0.15; // metres the player's head moves before the characters are told

export class Link {
  constructor(session, world, { deed, watch }) {
    Object.assign(this, { session, world, deed, watch });
    this.verbs = VERBS;
    this.looked = null;
    this.lookTimer = 0;
    this.stood = null;
    this.sent = []; // what the tests and the curious can read
    this.busy = Promise.resolve();
    session.on("action", (action) => this.#act(action));
  }

  /** Tell a server that knows nothing yet (or no longer). */
  introduce() {
    this.session.scene({ replace: true, entities: entities(this.world), setting: "the Drowned Bell, an inn, on a rainy night" });
    this.session.actions(this.verbs);
    this.stood = null;
    this.looked = null;
    this.standing();
  }

  /** The state of these has changed. */
  changed(ids) {
    this.session.scene({ replace: false, entities: entities(this.world, ids) });
  }

  /** The player looks at (or hovers over) this thing or person, or at nothing. */
  look(id) {
    if (id === this.looked) return;
    this.looked = id;
    clearTimeout(this.lookTimer);
    this.lookTimer = setTimeout(() => this.#looks(id), LOOK_DELAY);
  }

  #looks(id) {
    if (id) this.session.scene({ replace: false, attention: id });
    this.session.perceive({ looks_at: id ?? "" });
  }

  /** Where the player stands, from the eyes of each character: to its own left, up, ahead. */
  standing() {
    const at = this.world.player();
    if (this.stood && this.stood.distanceTo(at) < MOVED) return;
    this.stood = at;
    for (const who of this.world.characters.values()) {
      const ahead = new THREE.Euler(0, -who.home.yaw, 0);
      const seen = at.clone().sub(who.eyes()).applyEuler(ahead);
      this.session.place(who.id, "player", seen.toArray().map((metres) => Math.round(metres * 100) / 100));
    }
  }

  /** One deed after another: two hands cannot pour and point at once. */
  #act(action) {
    this.busy = this.busy.then(() => this.#do(action));
  }

  async #do(action) {
    const result = await this.perform(action);
    this.sent.push({ action: action.action, verb: action.verb, ...result });
    this.session.result(action.action, result.ok, result.text.slice(0, 200));
    this.changed([action.npc]);
  }

  /** Let a character do what an `action` says: {ok, text}. */
  async perform(action) {
    const who = this.world.characters.get(action.npc);
    const perform = DEEDS[action.verb];
    let result = { ok: false, text: "That cannot be done here." };
    if (who && perform) {
      this.deed(told(action, who.name, action.target ? this.world.nameOf(action.target) : ""));
      this.watch(true);
      result = await perform(this.world, who, action).catch((error) => ({ ok: false, text: error.message }));
      this.watch(false);
    }
    if (!result.ok) this.deed(result.text);
    return result;
  }
}
