// What the player does: goes up to somebody, talks, uses things, steps back.

import { globalKeys, keys, notice, showAttended } from "./panels.js";
import { use } from "./uses.js";

const find = (id) => document.getElementById(id);

export class Player {
  constructor(session, talk, told) {
    Object.assign(this, { session, talk, told });
    this.attended = null;
    this.greeted = new Set();
    this.world = this.view = this.link = null; // there when the room is
    const on = {
      press: () => this.press(), release: () => this.release(), handsFree: () => this.handsFree(),
      interrupt: () => this.interrupt(), say: (text) => this.say(text),
    };
    keys(on);
    globalKeys(on);
    find("back").onclick = () => this.stepBack();
  }

  /** The pointer (in VR: the gaze) rests on this, or on nothing. */
  over(id) {
    const label = find("label");
    label.hidden = id === null;
    if (id !== null) label.textContent = this.world.nameOf(id);
    this.link.look(id);
  }

  async touch(id) {
    if (this.session.info?.cast.some((npc) => npc.id === id)) return this.approach(id);
    const sentence = await use(this.world, id);
    if (!sentence) return this.link.look(id);
    this.talk.captions.aside(sentence);
    this.session.event(sentence, { source: id });
  }

  approach(id) {
    if (this.session.state !== "connected") return;
    this.#attend(id);
    if (this.greeted.has(id)) return this.session.attend(id);
    this.greeted.add(id);
    this.talk.ask();
    this.session.greet(id);
  }

  /** Back to the whole room. */
  stepBack() {
    this.#attend(null);
  }

  #attend(id) {
    this.attended = this.told.attended = id;
    showAttended(id);
    this.view?.attend(this.world.characters.get(id) ?? null);
  }

  async press() {
    if (!this.session.microphone.isOpen && !(await this.#listen())) return;
    this.session.press();
    this.talk.show();
  }

  release() {
    if (!this.session.release()) return;
    this.talk.ask();
    this.talk.show();
  }

  async handsFree(on = !this.session.microphone.handsFree) {
    if (!on || (await this.#listen())) await this.session.handsFree(on);
    this.talk.show();
  }

  async #listen() {
    try {
      await this.session.listen();
      return true;
    } catch (error) {
      const denied = error.name === "NotAllowedError";
      notice(denied ? "No microphone, no matter: type what you want to say." : "The microphone could not be opened.", denied ? "" : error.message);
      return false;
    }
  }

  interrupt() {
    if (this.session.busy) this.session.interrupt();
    else if (this.attended) this.stepBack();
  }

  say(text) {
    if (!this.session.say(text, this.attended)) {
      notice("Nobody hears you yet.", "The connection is being made.");
      return false;
    }
    this.talk.ask();
    this.talk.captions.player(`typed ${this.talk.asked}`, text);
    return true;
  }
}
