// The page at /inn/: a talk with whoever is there, at once. The room around it is fetched and built meanwhile.

import { connect } from "/client/index.js";
import { Captions } from "./captions.js";
import { showAttended, showPeople } from "./panels.js";
import { Player } from "./player.js";
import { Talk } from "./talk.js";

const HEAD_START = 1500; // milliseconds that the connection may take before the room keeps the page busy
const find = (id) => document.getElementById(id);
const still = matchMedia("(prefers-reduced-motion: reduce)").matches;

// What the page says of itself, for tests and the curious.
const told = (window.townsfolk = {
  ready: false, results: [], missed: [], errors: [], words: 0, heads: 0, jaw: 0, jawPeak: 0, frames: 0, script: 0, longest: 0,
});

const names = new Map(); // of the cast, by id
const captions = new Captions({ log: find("entries"), line: find("line"), live: find("live") });
const session = connect(location.origin, { client: "townsfolk inn", player: { id: playerId() }, face: { pose: true, rest: true } });
Object.defineProperty(told, "session", { value: session }); // not to be copied with the rest
const talk = new Talk(session, (id) => names.get(id) ?? "it", captions, told); // the room may not stand yet
const player = new Player(session, talk, told);
const reached = new Promise((done) => session.on("ready", done, { once: true }));
const late = new Promise((done) => setTimeout(done, HEAD_START));
const placed = Promise.race([reached, late]).then(place);
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

async function place() {
  const { Place } = await import("./place.js");
  return Place.open({ session, player, talk, captions, told, still });
}

async function begin(info) {
  for (const { id, name } of info.cast) names.set(id, name);
  showPeople(info.cast, (id) => player.touch(id));
  find("text").maxLength = info.limits.text;
  if (told.interactive && !info.resumed) captions.aside("They have forgotten what you said before.", "note");
  if (player.attended) session.attend(player.attended);
  showAttended(player.attended);
  told.interactive ??= performance.now();
  (await placed)?.begin(info);
}
