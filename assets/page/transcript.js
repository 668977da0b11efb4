// What was said, as it is said: the player's words while they are recognised, the character's on the audio clock.

import { joined, languageOf, wordsOf } from "/client/index.js";

const KEPT = 60; // entries; what is older scrolls out of the page for good

/** `log` shows the conversation; `spoken` repeats it, sentence by sentence, for those who have it read to them. */
export class Transcript {
  constructor(log, spoken) {
    this.log = log;
    this.spoken = spoken;
    this.turns = new Map();
    this.replies = new Map();
    this.atEnd = true; // someone who scrolled back to read is left in peace
    this.size = "";
    this.told = ""; // the latest mood
    log.onscroll = () => this.#scrolled();
    new ResizeObserver(() => this.#follow()).observe(log);
  }

  clear() {
    this.log.replaceChildren();
    this.spoken.replaceChildren();
    this.turns.clear();
    this.replies.clear();
    this.told = "";
    this.atEnd = true;
  }

  aside(text) {
    const note = make("p", "aside");
    write(note, text);
    this.#append(note);
    this.#read(text);
  }

  /** The player's words of `turn`; grey until they are final. */
  player(turn, text, final) {
    let entry = this.turns.get(turn);
    if (!entry) {
      entry = this.#entry("player", "You");
      this.turns.set(turn, entry);
    }
    write(entry.words, text);
    entry.root.classList.toggle("partial", !final);
    if (final) {
      this.turns.delete(turn);
      this.#read(`You: ${text}`);
    }
    this.#follow();
  }

  /** Nothing was said in `turn` after all. */
  withdraw(turn) {
    this.turns.get(turn)?.root.remove();
    this.turns.delete(turn);
  }

  typed(text) {
    const entry = this.#entry("player", "You");
    write(entry.words, text);
    this.atEnd = true;
    this.#follow();
  }

  /** A character begins to think. */
  reply(reply, name) {
    const entry = this.#entry("npc", name);
    entry.words.innerHTML = '<span class="dots" aria-label="thinking"><i></i><i></i><i></i></span>';
    this.replies.set(reply, { ...entry, name, clauses: new Map(), left: 0, text: entry.words, shown: "" });
    while (this.replies.size > KEPT) this.replies.delete(this.replies.keys().next().value);
    this.#follow();
  }

  /** A clause, before it is heard. */
  line(line) {
    const entry = this.replies.get(line.reply);
    if (!entry || entry.closed) return;
    entry.left += wordsOf(line).length;
    entry.clauses.set(line.index, line.text);
  }

  /** A word is heard; the first one of a clause has it read out. */
  word({ reply, line, text }) {
    const entry = this.replies.get(reply);
    if (!entry || entry.closed) return;
    if (!entry.shown) entry.text.replaceChildren();
    const spoken = make("b");
    const shown = joined(entry.shown, text);
    spoken.textContent = shown.slice(entry.shown.length);
    entry.text.append(spoken);
    entry.text.lang = languageOf(shown);
    entry.shown = shown;
    entry.left -= 1;
    if (entry.clauses.has(line)) this.#read(`${entry.name}: ${entry.clauses.get(line)}`);
    entry.clauses.delete(line);
    this.#follow();
  }

  /** The reply ends here: all of it was heard, or the rest never will be. */
  close(reply, { cut = false } = {}) {
    const entry = this.replies.get(reply);
    if (!entry || entry.closed) return;
    entry.closed = true;
    if (!entry.shown) entry.root.remove();
    else if (cut && entry.left > 0) entry.text.append(" —");
  }

  /** What a face says, unless it was the last that was told. */
  mood(text) {
    if (text && text !== this.told) this.aside(text);
    this.told = text || this.told;
  }

  note(reply, text) {
    const entry = this.replies.get(reply);
    if (!entry) return;
    entry.foot.textContent = text;
    this.#follow();
  }

  shownOf(reply) {
    return this.replies.get(reply)?.shown ?? "";
  }

  #entry(kind, name) {
    const root = make("article", `said ${kind}`);
    const head = make("header");
    head.textContent = name;
    const words = make("p");
    const foot = make("footer");
    root.append(head, words, foot);
    this.#append(root);
    return { root, words, foot };
  }

  #append(node) {
    this.log.append(node);
    while (this.log.children.length > KEPT) this.log.firstChild.remove();
    this.#follow();
  }

  #follow() {
    if (this.atEnd) this.log.scrollTop = this.log.scrollHeight;
  }

  /** The reader's own scrolling; a log that changed its size moves by itself. */
  #scrolled() {
    const { scrollHeight, scrollTop, clientHeight } = this.log;
    const size = `${scrollHeight} ${clientHeight}`;
    if (size === this.size) this.atEnd = scrollHeight - scrollTop - clientHeight < 48;
    this.size = size;
  }

  #read(text) {
    const line = make("p");
    write(line, text);
    this.spoken.append(line);
    while (this.spoken.children.length > 12) this.spoken.firstChild.remove();
  }
}

/** With the language of its script: glyphs, line breaks and a reader's voice follow it. */
function write(part, text) {
  part.textContent = text;
  part.lang = languageOf(text);
}

function make(name, kind = "") {
  const made = document.createElement(name);
  if (kind) made.className = kind;
  return made;
}
