// What was said: the log of the talk, the line that is being spoken, and the same for those who have it read to them.

import { joined, languageOf } from "/client/index.js";

const KEPT = 60; // entries; older ones leave the page
export class Captions {
  constructor({ log, line, live }) {
    Object.assign(this, { log, line, live });
    this.turns = new Map();
    this.replies = new Map();
  }

  /** The player's words of `turn`; grey until they are final. */
  player(turn, text, final = true) {
    let entry = this.turns.get(turn);
    if (!entry) this.turns.set(turn, (entry = this.#entry("player", "You")));
    write(entry.words, text);
    entry.root.classList.toggle("partial", !final);
    if (final) this.turns.delete(turn);
  }

  withdraw(turn) {
    this.turns.get(turn)?.root.remove();
    this.turns.delete(turn);
  }

  begin(reply, name) {
    this.replies.set(reply, { name, heard: "", entry: null, part: "" });
    if (this.replies.size > KEPT) this.replies.delete(this.replies.keys().next().value);
  }

  /** A word has reached the ear. Returns the line as far as it is spoken. */
  word({ reply, text, line }) {
    const said = this.replies.get(reply);
    if (!said) return "";
    said.entry ??= this.#entry("character", said.name);
    said.heard = joined(said.heard, text);
    said.part = said.line === line ? joined(said.part, text) : text;
    said.line = line;
    write(said.entry.words, said.heard);
    write(this.line, said.part);
    this.line.dataset.who = said.name;
    this.line.hidden = false;
    return said.part;
  }

  /** `reply` is over; `whole` is false where it broke off. */
  end(reply, whole) {
    const said = this.replies.get(reply);
    if (!said) return;
    this.replies.delete(reply);
    if (!whole && said.heard) said.entry.words.textContent = `${said.heard} —`;
    if (said.heard) write(this.live, `${said.name}: ${said.heard}`);
    this.line.hidden = true;
  }

  /** A deed, or what the page has to say. */
  aside(text, kind = "deed") {
    const note = document.createElement("p");
    note.className = `aside ${kind}`;
    write(note, text);
    this.#append(note);
    write(this.live, text);
  }

  /** Drop lines that are under way: the connection has gone. */
  breakOff() {
    for (const reply of [...this.replies.keys()]) this.end(reply, false);
  }

  #entry(kind, name) {
    const root = document.createElement("p");
    root.className = kind;
    const who = document.createElement("b");
    who.textContent = name;
    const words = document.createElement("span");
    words.dir = "auto";
    root.append(who, words);
    this.#append(root);
    return { root, words };
  }

  #append(part) {
    this.log.append(part);
    while (this.log.children.length > KEPT) this.log.firstChild.remove();
  }
}

/** With the language of its script: glyphs and line breaks follow it. */
function write(part, text) {
  part.textContent = text;
  part.lang = languageOf(text);
}
