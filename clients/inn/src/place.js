// The room, brought together with the talk: built part by part, drawn, and told to the server.

import { Frames } from "./frames.js";
import { Hands } from "./hands.js";
import { Link } from "./link.js";
import { notice, showThings } from "./panels.js";
import { View } from "./view.js";
import { Vr, vrIsHere } from "./vr.js";
import { Wardrobe } from "./wardrobe.js";
import { World } from "./world.js";

const find = (id) => document.getElementById(id);

export class Place {
  /** Resolves when it can be seen; null where this browser cannot draw it: the talk goes on without. */
  static async open(around) {
    const world = new World({ still: around.still, changed: (ids) => around.player.link?.changed(ids) });
    const view = opened(world, around.still);
    if (!view) return null;
    const made = new Place({ ...around, world, view });
    await made.#build();
    return made;
  }

  constructor({ session, player, talk, captions, told, world, view }) {
    Object.assign(this, { session, player, told, world, view });
    this.link = new Link(session, world, { deed: (text) => captions.aside(text), watch: (on) => view.watch(on) });
    this.wardrobe = new Wardrobe({ world, view, player, talk, told });
    const hands = new Hands(find("inn"), view, { over: (id) => player.over(id), use: (id) => player.touch(id) });
    this.frames = new Frames({ session, world, view, link: this.link, hands, talk, player, told });
    Object.assign(player, { world, view, link: this.link });
    // Not to be copied with the rest: they are the whole room.
    for (const [name, value] of Object.entries({ world, link: this.link, view })) Object.defineProperty(told, name, { value });
  }

  async #build() {
    const { world, view, told } = this;
    const steps = world.build();
    steps.next(); // light and walls: they are seen while the rest is put up
    await view.compile(world.stage);
    this.frames.start();
    await view.drawn();
    find("veil").hidden = true;
    told.shown = performance.now();
    for (const _ of steps) await view.drawn();
    told.results = this.link.sent;
    this.#offerVr();
  }

  /** A server has answered: its cast comes in, and it is told what is here. */
  async begin(info) {
    const { world, view, player, told } = this;
    this.frames.index = new Map(info.blendshapes.map((name, at) => [name, at]));
    world.people(info.cast);
    if (player.attended) view.attend(world.characters.get(player.attended) ?? null);
    showThings(world, (id) => player.touch(id));
    this.link.introduce();
    told.ready = true;
    await this.wardrobe.dress(info.cast.map(({ id }) => id));
  }

  async #offerVr() {
    if (!(await vrIsHere())) return;
    const { player, frames, link } = this;
    frames.vr = new Vr(this.view, {
      use: (id) => player.touch(id), press: () => player.press(), release: () => player.release(), look: (id) => link.look(id),
      begin: () => player.handsFree(true),
      end: () => player.handsFree(false),
    });
    Object.defineProperty(this.told, "panel", { value: frames.vr.panel.mesh });
    const button = find("vr");
    button.hidden = false;
    button.onclick = () => frames.vr.enter().catch((error) => notice("The headset could not be entered.", error.message));
  }
}

function opened(world, still) {
  try {
    return new View(find("inn"), world, { still });
  } catch (error) {
    console.warn(`no WebGL: ${error.message}`);
    find("veil").textContent = "The room needs WebGL, which this browser does not give it. The people in it hear you all the same.";
    return null;
  }
}
