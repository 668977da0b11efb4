// Who wears which head: their own, fetched one after another while the room can be seen already, or one of the player's.

import { dropped, ownHead } from "./avatars.js";
import { notice } from "./panels.js";

const find = (id) => document.getElementById(id);

export class Wardrobe {
  constructor({ world, view, player, talk, told }) {
    Object.assign(this, { world, view, player, talk, told });
    this.asked = new Set(); // ids
    addEventListener("dragover", (event) => event.preventDefault());
    addEventListener("drop", (event) => {
      event.preventDefault();
      if (event.dataTransfer.files[0]) this.wear(event.dataTransfer.files[0]);
    });
    find("avatar").onchange = ({ target }) => target.files[0] && this.wear(target.files[0]);
  }

  /** Heads of their own for these ids, where there are any. */
  async dress(ids) {
    for (const id of ids) {
      if (this.asked.has(id)) continue;
      this.asked.add(id);
      const head = await ownHead(id, { lean: this.view.software });
      if (head) await this.#put(this.world.characters.get(id), head);
      this.told.heads += Number(Boolean(head));
    }
  }

  /** What the player has dropped, for whoever is attended to. */
  async wear(file) {
    find("around").open = false; // what comes of it shall be seen
    const who = this.world.characters.get(this.player.attended) ?? this.world.characters.values().next().value;
    try {
      await this.#put(who, await dropped(file, { lean: this.view.software }));
      this.told.worn = file.name;
      this.talk.captions.aside(`${who.name} looks different now.`, "note");
    } catch (error) {
      this.told.refused = error.message;
      notice("That head does not fit.", error.message);
    }
  }

  async #put(who, avatar) {
    if (!who) throw new Error("There is nobody here yet.");
    await this.view.warm(avatar.root);
    who.wear(avatar);
  }
}
