// Who is at it: the player who speaks, a character who thinks or speaks, or nobody.

/** `now` is idle, listening, thinking or speaking; each change is an "activity" event. */
export class Activity {
  constructor(emit) {
    this.emit = emit;
    this.told = "idle";
    this.clear();
  }

  clear() {
    this.pressed = false;
    this.turn = null; // the player's turn that is open, as the server hears it
    this.speaking = null;
    this.thinking = null; // the reply that has begun and was not heard yet; 0 while it has not even begun
    this.#tell();
  }

  get now() {
    if (this.pressed || this.turn !== null) return "listening";
    if (this.speaking !== null) return "speaking";
    return this.thinking !== null ? "thinking" : "idle";
  }

  /** Whether there is something to interrupt. */
  get busy() {
    return this.speaking !== null || this.thinking !== null;
  }

  /** The player has said something, or is about to. */
  ask() {
    this.#set({ thinking: 0, speaking: null });
  }

  press(pressed) {
    this.#set({ pressed });
  }

  hearing({ state, turn }) {
    const withdrawn = state === "ignored" || state === "aside"; // nothing was said, or nothing to be answered
    const over = state === "ended" || withdrawn;
    this.#set({ turn: over ? null : turn });
    if (state === "ended") this.#set({ thinking: this.thinking ?? 0 });
    if (withdrawn) this.refused();
  }

  begin(reply) {
    this.#set({ thinking: reply });
  }

  start(reply) {
    this.#set({ speaking: reply, thinking: this.thinking === reply ? null : this.thinking });
  }

  end(reply) {
    const kept = (value) => (value === reply ? null : value);
    this.#set({ speaking: kept(this.speaking), thinking: kept(this.thinking) });
  }

  /** What was asked will not be answered. */
  refused() {
    if (this.thinking === 0) this.#set({ thinking: null });
  }

  /** The player wants quiet. */
  hush() {
    this.#set({ thinking: null, speaking: null });
  }

  #set(values) {
    Object.assign(this, values);
    this.#tell();
  }

  #tell() {
    if (this.now === this.told) return;
    this.told = this.now;
    this.emit("activity", this.now);
  }
}
