// The player's side: the microphone, the key, the typed line, and what to do where one of them is missing.

const find = (id) => document.getElementById(id);

export class Speech {
  /** `asked(from)` is told when the player has ended; `typed(text)` what was written. */
  constructor(session, notices, { to, asked, typed }) {
    Object.assign(this, { session, notices, to, asked, typed });
    this.controls = null; // set by the page: the two know each other
  }

  /** Ask for the microphone as soon as somebody is there, so that the first press is not lost to the asking. */
  async open() {
    try {
      await this.session.listen();
      this.controls.showMissing(false);
    } catch (error) {
      this.controls.showMissing(true);
      this.#kind(...withoutMicrophone(error));
    }
    this.hint();
    return this.session.microphone.isOpen;
  }

  press() {
    if (this.session.microphone.isOpen) return this.session.press();
    this.open();
    return false;
  }

  release() {
    if (this.session.release()) this.asked("after release");
  }

  async handsFree(on) {
    if (on && !(await this.open())) return;
    await this.session.handsFree(on);
    this.controls.showFree(on);
    this.hint();
  }

  /** Whether it was said; else the line stays in its field. */
  say(text) {
    if (!this.session.say(text, this.to())) {
      this.#kind("Nobody can hear you just now.", "The connection is down; your line stays here until it is back.");
      return false;
    }
    this.typed(text);
    this.asked("heard after");
    return true;
  }

  hint() {
    const { isOpen, handsFree } = this.session.microphone;
    const keys = matchMedia("(hover: hover)").matches;
    const held = keys ? "Hold the button or <kbd>Space</kbd> while you speak." : "Hold the button while you speak.";
    const open = isOpen ? held : "Type, or press the button to allow the microphone.";
    const free = "Just talk. Speak over them and they stop. Headphones help.";
    find("hint").innerHTML = handsFree ? free : open + (keys ? " <kbd>Esc</kbd> interrupts." : "");
  }

  #kind(title, hint) {
    this.notices.show(title, hint, "", { kind: true });
  }
}

function withoutMicrophone(error) {
  if (error.name === "NotAllowedError") return ["No microphone, no matter.", "Type what you want to say; allow the microphone in the address bar whenever you like."];
  if (error.name === "NotFoundError") return ["No microphone was found.", "Type what you want to say, or plug one in and press the button again."];
  if (error.name === "NotSupportedError") return ["The microphone needs https or localhost.", "Browsers give it to secure pages only. Typing works here."];
  return ["The microphone could not be opened.", `${error.message || error.name}. Typing works all the same.`];
}
