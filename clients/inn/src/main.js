// The page at /inn/: a room with the characters in it, on the JavaScript client.

import { connect } from "/client/index.js";
import { Captions } from "./captions.js";
import { Frames } from "./frames.js";
import { Hands } from "./hands.js";
import { Link } from "./link.js";
import { notice, showAround, showAttended } from "./panels.js";
import { Player } from "./player.js";
import { Talk } from "./talk.js";
import { View } from "./view.js";
import { Vr, vrIsHere } from "./vr.js";
import { Wardrobe } from "./wardrobe.js";
import { World } from "./world.js";

const find = (id) => document.getElementById(id);
const still = matchMedia("(prefers-reduced-motion: reduce)").matches;

// What the page says of itself, for tests and the curious.
const told = (window.townsfolk = {
  ready: false, results: [], missed: [], errors: [], words: 0, heads: 0, jaw: 0, jawPeak: 0, frames: 0, script: 0, longest: 0,
});

let link = null;
const captions = new Captions({ log: find("entries"), line: find("line"), live: find("live") });
const world = new World({ still, changed: (ids) => link?.changed(ids) });
const session = connect(location.origin, { client: "townsfolk inn", player: { id: playerId() }, face: { pose: true, rest: true } });
const talk = new Talk(session, world, captions, told);
const player = new Player(session, world, talk, told);
const built = build();
session.on("ready", begin);

/** The same player next time, as far as this browser remembers. */
function playerId() {
  const fresh = `page-${Math.random().toString(36).slice(2, 12)}`;
  try {
    const known = localStorage.getItem("townsfolk-player") ?? fresh;
    localStorage.setItem("townsfolk-player", known);
    return known;
  } catch {
    return fresh; // storage is forbidden in some private windows
  }
}

async function build() {
  const view = opened();
  link = new Link(session, world, { deed: (text) => captions.aside(text), watch: (on) => view.watch(on) });
  Object.assign(player, { view, link });
  const use = (id) => player.touch(id);
  const hands = new Hands(find("inn"), view, {
    over: (id) => player.over(id), use, press: () => player.press(), release: () => player.release(), interrupt: () => player.interrupt(),
  });
  const steps = world.build();
  steps.next(); // light and walls: they are seen while the rest is put up
  await view.compile(world.stage);
  // Not to be copied with the rest: they are the whole room.
  for (const [name, value] of Object.entries({ world, link, view })) Object.defineProperty(told, name, { value });
  const frames = new Frames({ session, world, view, link, hands, talk, player, told });
  await view.drawn();
  find("veil").hidden = true;
  told.shown = performance.now();
  for (const _ of steps) await view.drawn();
  told.results = link.sent;
  offerVr(view, frames);
  return { frames, wardrobe: new Wardrobe({ world, view, player, talk, told }) };
}

function opened() {
  try {
    return new View(find("inn"), world, { still });
  } catch (error) {
    find("veil").textContent = "This page needs WebGL, which this browser does not give it. The portraits at / do without.";
    throw error;
  }
}

async function begin(info) {
  const { frames, wardrobe } = await built;
  frames.index = new Map(info.blendshapes.map((name, at) => [name, at]));
  world.people(info.cast);
  showAround(world, (id) => player.touch(id));
  find("text").maxLength = info.limits.text;
  if (told.ready && !info.resumed) captions.aside("They have forgotten what you said before.", "note");
  link.introduce();
  if (player.attended) session.attend(player.attended);
  showAttended(player.attended);
  told.ready = true;
  told.interactive ??= performance.now();
  await wardrobe.dress(info.cast.map(({ id }) => id));
}

async function offerVr(view, frames) {
  if (!(await vrIsHere())) return;
  frames.vr = new Vr(view, {
    use: (id) => player.touch(id), press: () => player.press(), release: () => player.release(), look: (id) => link.look(id),
    begin: () => player.handsFree(true),
    end: () => player.handsFree(false),
  });
  Object.defineProperty(told, "panel", { value: frames.vr.panel.mesh });
  const button = find("vr");
  button.hidden = false;
  button.onclick = () => frames.vr.enter().catch((error) => notice("The headset could not be entered.", error.message));
}
