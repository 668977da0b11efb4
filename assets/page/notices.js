// What went wrong, in words, with what to do about it.

const SHOWN_MS = 9000;
const MOST = 3;

export class Notices {
  constructor(place) {
    this.place = place;
    this.all = []; // for tests: every error of the server so far, the last fifty
  }

  error({ code, message, hint }) {
    this.all = [...this.all.slice(-49), { code, message, hint }];
    this.show(sentence(message), hint, code);
  }

  /** `kind` notices tell of no fault: a microphone that was not allowed is the player's good right. */
  show(title, hint = "", code = "", { kind = false } = {}) {
    const same = [...this.place.children].find((notice) => notice.firstChild.textContent === title);
    same?.remove();
    const notice = document.createElement("div");
    notice.className = kind ? "notice kind" : "notice";
    notice.append(element("strong", title), element("p", hint));
    if (code) notice.append(element("code", code));
    const close = element("button", "×");
    close.type = "button";
    close.setAttribute("aria-label", "Dismiss");
    close.onclick = () => notice.remove();
    notice.append(close);
    this.place.append(notice);
    while (this.place.children.length > MOST) this.place.firstChild.remove();
    setTimeout(() => notice.remove(), SHOWN_MS);
  }
}

function element(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

function sentence(text) {
  return text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? "" : ".");
}
