// What hands do: hold to talk (button or space), hands-free, interrupt (button or Escape), the typed line.

import { composing } from "/client/index.js";

const find = (id) => document.getElementById(id);

/** `on` is {press, release, handsFree(on), interrupt, say(text) -> sent?}; each is called once per deed of the player. */
export class Controls {
  constructor(on) {
    this.on = on;
    this.hold = find("hold");
    this.free = find("handsfree");
    this.stop = find("interrupt");
    this.isFree = false;
    this.isDown = false;
    this.level = 0;
    this.#holding();
    this.#keys();
    this.free.onclick = () => on.handsFree(!this.isFree);
    this.stop.onclick = () => on.interrupt();
    composing(find("text"));
    find("composer").onsubmit = (event) => this.#say(event);
  }

  /** Show whether the microphone follows the player by itself. */
  showFree(isFree) {
    this.isFree = isFree;
    this.free.setAttribute("aria-pressed", String(isFree));
    this.#label();
  }

  showMissing(missing) {
    this.hold.classList.toggle("missing", missing);
    this.#label();
  }

  showLevel(peak) {
    const level = Math.round(Math.min(1, Math.sqrt(peak)) * 20) / 20;
    if (level === this.level) return;
    this.level = level;
    this.hold.style.setProperty("--level", level);
  }

  showBusy(busy) {
    this.stop.disabled = !busy;
  }

  #holding() {
    const { hold } = this;
    hold.onpointerdown = (event) => {
      if (event.button !== 0) return;
      hold.setPointerCapture(event.pointerId);
      this.#down();
    };
    hold.onpointerup = hold.onpointercancel = hold.onlostpointercapture = () => this.#up();
    hold.oncontextmenu = (event) => event.preventDefault(); // a long touch is talking, not a menu
    // A click without a pointer comes from a screen reader or Enter: the first press talks, the next one ends it.
    hold.onclick = (event) => {
      if (event.detail === 0) (this.isDown ? this.#up() : this.#down());
    };
    addEventListener("blur", () => this.#up());
  }

  #keys() {
    addEventListener("keydown", (event) => {
      if (document.body.dataset.view !== "talk") return;
      if (event.key === "Escape" && !event.isComposing) this.on.interrupt();
      if (event.code !== "Space" || !this.#forTalking(event.target)) return;
      event.preventDefault();
      if (!event.repeat) this.#down();
    });
    addEventListener("keyup", (event) => {
      if (event.code !== "Space" || !this.#forTalking(event.target)) return;
      event.preventDefault();
      this.#up();
    });
  }

  /** Space belongs to a text field or another button while one of them has the focus. */
  #forTalking(target) {
    return target === this.hold || !target.closest?.("input, textarea, button, a");
  }

  #down() {
    if (this.isDown) return;
    if (this.isFree) return this.on.handsFree(false);
    this.isDown = this.on.press();
    this.hold.classList.toggle("down", this.isDown);
    this.#label();
  }

  #up() {
    if (!this.isDown) return;
    this.isDown = false;
    this.hold.classList.remove("down");
    this.#label();
    this.on.release();
  }

  #label() {
    const missing = this.hold.classList.contains("missing");
    this.hold.classList.toggle("down", this.isDown || this.isFree);
    find("hold-text").textContent = this.isDown ? "Listening…" : this.isFree ? "Tap to stop" : missing ? "Allow mic" : "Hold to talk";
  }

  #say(event) {
    event.preventDefault();
    const field = find("text");
    const text = field.value.trim();
    if (text && this.on.say(text)) field.value = "";
  }
}
