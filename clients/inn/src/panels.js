// The page around the canvas: connection, people, keys, notices.

import { composing, languageOf } from "/client/index.js";

const find = (id) => document.getElementById(id);
const NOTICE_MS = 7000; // long enough to be read twice

const LINKS = { connecting: "Connecting…", connected: "Connected", refused: "Refused", closed: "Closed" };

/** Show the state of the connection, in the words of a player. */
export function showLink({ state, seconds, resumed, error }) {
  const wait = seconds ? ` in ${Math.max(1, Math.ceil(seconds))} s` : "";
  const text = state === "reconnecting" ? `Reconnecting${wait}…` : resumed ? "Connected again" : LINKS[state];
  find("link").dataset.link = state;
  find("link-text").textContent = text ?? state;
  if (error) notice(error.message, error.hint);
}

/** A notice that goes by itself; an error that stays the same is not piled up. */
export function notice(title, hint = "") {
  const text = `${title}${hint ? ` ${hint}` : ""}`;
  const place = find("notices");
  if ([...place.children].some((one) => one.textContent === text)) return;
  const made = document.createElement("p");
  made.textContent = text;
  place.append(made);
  setTimeout(() => made.remove(), NOTICE_MS);
}

// A button for each character and each thing: all that a pointer can do, for keys and screen readers.

export function showPeople(cast, use) {
  find("people").replaceChildren(...cast.map(({ id, name, description }) => button(id, name, description, use)));
}

export function showThings(world, use) {
  const usable = [...world.things.values()].filter(({ id }) => !["stall", "barrel"].includes(id));
  find("things").replaceChildren(...usable.map(({ id, name }) => button(id, name, "", use)));
}

function button(id, text, title, use) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  made.lang = languageOf(text);
  made.dataset.id = id;
  if (title) made.title = title;
  made.onclick = () => use(id);
  return made;
}

export function showAttended(id) {
  for (const one of find("people").children) one.setAttribute("aria-pressed", String(one.dataset.id === id));
  find("hint").hidden = id !== null;
  find("back").hidden = id === null;
}

/** The keys: hold to talk, hands-free, interrupt, the typed line. `on` is {press, release, handsFree, interrupt, say}. */
export function keys(on) {
  const hold = find("hold");
  hold.onpointerdown = (event) => {
    if (event.button !== 0) return;
    hold.setPointerCapture(event.pointerId);
    on.press();
  };
  hold.onpointerup = hold.onpointercancel = () => on.release();
  hold.oncontextmenu = (event) => event.preventDefault(); // a long touch is talking, not a menu
  // Listeners, as what an `onkeydown` returns would keep Tab from leaving the button.
  hold.addEventListener("keydown", (event) => {
    if (event.code === "Space" && !event.repeat) event.preventDefault(), on.press();
  });
  hold.addEventListener("keyup", (event) => {
    if (event.code === "Space") event.preventDefault(), on.release();
  });
  // Enter and screen readers click without a pointer: the first one talks, the next one ends it.
  hold.addEventListener("click", (event) => {
    if (event.detail === 0) hold.classList.contains("down") ? on.release() : on.press();
  });
  find("handsfree").onclick = () => on.handsFree();
  find("interrupt").onclick = () => on.interrupt();
  composing(find("text"));
  find("composer").onsubmit = (event) => {
    event.preventDefault();
    const field = find("text");
    if (field.value.trim() && on.say(field.value.trim())) field.value = "";
  };
}

const typing = (target) => target.closest?.("input, textarea, button, a, summary");

/** Space talks and Escape stops, wherever the focus has no use of its own for them. */
export function globalKeys(on) {
  const talks = (event) => event.code === "Space" && !typing(event.target);
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.isComposing) on.interrupt();
    if (!talks(event)) return;
    event.preventDefault();
    if (!event.repeat) on.press();
  });
  addEventListener("keyup", (event) => {
    if (!talks(event)) return;
    event.preventDefault();
    on.release();
  });
  addEventListener("blur", () => on.release());
}

const ACTIVITY = { idle: "", listening: "Listening…", thinking: "Thinking…", speaking: "Speaking" };

export function showActivity(now, { free, held }) {
  document.body.dataset.activity = now;
  find("activity").textContent = ACTIVITY[now] ?? "";
  find("interrupt").disabled = now !== "speaking" && now !== "thinking";
  find("handsfree").setAttribute("aria-pressed", String(free));
  find("hold").classList.toggle("down", held);
  find("hold-text").textContent = held ? "Listening…" : "Hold to talk";
}
