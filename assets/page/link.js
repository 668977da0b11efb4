// How the connection is, in words: reached, lost and sought again, back, or refused.

const BACK_MS = 6000; // long enough to be read, short enough not to stay as if it were news
// Refusals that pass by themselves: the page simply tries again.
const PASSING = { not_ready: "Everybody is still waking up…", closing: "The door is being closed…", busy: "The house is full…" };
const WORDS = { connecting: "Connecting…", connected: "Connected", reconnecting: "Reconnecting…", refused: "Refused", closed: "Not connected" };

/** Shows the session's "state" in `link` (a light), `text` (its words) and `waiting` (why nobody is there yet). */
export class Link {
  constructor({ link, text, waiting }) {
    Object.assign(this, { link, text, waiting });
    this.timer = 0;
  }

  show({ state, resumed, error }) {
    clearTimeout(this.timer);
    this.link.dataset.link = state;
    this.text.textContent = resumed ? "Back again" : WORDS[state];
    if (resumed) this.timer = setTimeout(() => (this.text.textContent = WORDS.connected), BACK_MS);
    this.waiting.hidden = state === "connected";
    if (error) this.waiting.textContent = PASSING[error.code] ?? `${error.message}.`;
  }

  /** Whether this page already tells of `error` by its light. */
  static tells(error) {
    return error.fatal && error.code in PASSING;
  }
}
