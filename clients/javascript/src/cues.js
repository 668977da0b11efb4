// What belongs to a sample of a reply (a word, a deed, a feeling) and happens when the ear reaches it.

const KEPT_REPLIES = 64; // a reply that is never heard to its end leaves its cues behind

export class Cues {
  /** `fire(type, detail)` is called when its moment has come. */
  constructor(fire) {
    this.fire = fire;
    this.replies = new Map(); // reply -> {at, cues}: how far it was heard, and what is still to come
  }

  add(type, reply, at, detail) {
    const entry = this.#entry(reply);
    if (at <= entry.at) return this.fire(type, detail);
    const place = entry.cues.findLastIndex((cue) => cue.at <= at) + 1;
    entry.cues.splice(place, 0, { at, type, detail });
  }

  /** The ear is at sample `at` of `reply`. */
  reach(reply, at) {
    const entry = this.#entry(reply);
    entry.at = Math.max(entry.at, at);
    while (entry.cues.length && entry.cues[0].at <= at) {
      const { type, detail } = entry.cues.shift();
      this.fire(type, detail);
    }
  }

  /** The reply is void after `through`. The server takes what is before as begun, so deeds do; words are not heard. */
  cancel(reply, through) {
    const { cues } = this.#entry(reply);
    this.replies.delete(reply);
    for (const { at, type, detail } of cues) if (at <= through && type !== "word") this.fire(type, detail);
  }

  clear() {
    this.replies.clear();
  }

  #entry(reply) {
    let entry = this.replies.get(reply);
    if (!entry) this.replies.set(reply, (entry = { at: 0, cues: [] }));
    if (this.replies.size > KEPT_REPLIES) this.replies.delete(this.replies.keys().next().value);
    return entry;
  }
}

/** The words of a line with their first samples; spread by their letters where the voice cannot tell. */
export function wordsOf({ text, start, end, words }) {
  if (words?.length) return words;
  const parts = text.split(/\s+/).filter(Boolean);
  const each = (end - start) / Math.max(1, text.length);
  let before = 0;
  return parts.map((part) => {
    const first = start + each * before;
    before += part.length + 1;
    return { text: part, start: Math.round(first), end: Math.round(first + each * part.length) };
  });
}
