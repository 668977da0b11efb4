// Who is in view: the cards to choose from, or one character with its face.

import { Cards } from "./cards.js";
import { Head } from "./head.js";
import { Life } from "./life.js";

const find = (id) => document.getElementById(id);
const still = matchMedia("(prefers-reduced-motion: reduce)").matches;

export class Stage {
  /** `choose(id)` is called with whoever the player walks up to. */
  constructor(choose) {
    this.cards = new Cards(find("cards"), choose, { still });
    this.actor = null; // {id, name, head, life}
    this.peak = 0; // the widest the drawn jaw has been while somebody spoke
    this.drawn = 0;
  }

  open(cast, names) {
    this.cast = cast;
    this.names = names;
    this.cards.show(cast, names);
  }

  nameOf(id) {
    return this.cast?.find((npc) => npc.id === id)?.name ?? id;
  }

  enter(id) {
    this.actor?.head.close();
    const head = new Head(find("head"), this.names, id, { still });
    const life = new Life(head.index, this.names.length, { still });
    this.actor = { id, name: this.nameOf(id), head, life };
    this.#view("talk");
    find("name").textContent = this.actor.name;
    find("head").setAttribute("aria-label", `The face of ${this.actor.name}`);
    find("name").focus({ preventScroll: true });
  }

  leave() {
    this.actor?.head.close();
    this.actor = null;
    this.#view("choose");
    find("cards").querySelector("button")?.focus();
  }

  /** `frame` is what the session shows of the character now, or null: it then lives by itself. */
  draw(frame, mode) {
    const now = performance.now() / 1000;
    if (!this.actor) return this.cards.draw(now);
    const { head, life } = this.actor;
    const weights = life.update(now, mode, frame?.weights ?? null);
    head.draw(weights, life.pose, now);
    if (!frame) return;
    this.drawn += 1;
    this.peak = Math.max(this.peak, weights[head.index.jawOpen]);
  }

  get mouth() {
    return this.actor ? this.actor.life.weights[this.actor.head.index.jawOpen] : null;
  }

  #view(name) {
    document.body.dataset.view = name;
    find("choose").hidden = name !== "choose";
    find("talk").hidden = name !== "talk";
    find("back").hidden = name !== "talk";
    find("wordmark").hidden = name === "talk";
  }
}
