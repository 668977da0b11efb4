// The cast to choose from, each with a face that is already alive.

import { Head } from "./head.js";
import { Life } from "./life.js";

const FRAME_SECONDS = 1 / 30; // small pictures; the battery is worth more than the smoothness
const ALIVE = 8; // a larger cast is drawn once

export class Cards {
  constructor(place, choose, { still }) {
    this.place = place;
    this.choose = choose;
    this.still = still;
    this.cards = [];
    this.drawn = 0;
  }

  show(cast, names) {
    for (const { head } of this.cards) head.close();
    this.place.replaceChildren();
    this.cards = cast.map((npc) => this.#card(npc, names));
  }

  /** Call once a frame while the cards are on the page. */
  draw(now) {
    if (now - this.drawn < FRAME_SECONDS) return;
    this.drawn = now;
    for (const card of this.cards.slice(0, ALIVE)) this.#drawOne(card, now);
  }

  #drawOne({ head, life }, now) {
    head.draw(life.update(now, "idle", null), life.pose, now);
  }

  #card(npc, names) {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "card";
    button.dataset.character = npc.id;
    const canvas = document.createElement("canvas");
    const text = document.createElement("span");
    text.append(element("b", npc.name), element("small", npc.description), element("em", "Talk to them →"));
    button.append(canvas, text);
    button.onclick = () => this.choose(npc.id);
    item.append(button);
    this.place.append(item);
    const head = new Head(canvas, names, npc.id, { still: this.still });
    const card = { head, life: new Life(head.index, names.length, { still: this.still }) };
    this.#drawOne(card, performance.now() / 1000);
    return card;
  }
}

function element(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}
