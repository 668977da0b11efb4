// The page: a session of the client, wired to what can be seen and touched.

import { connect } from "/client/index.js";

import { account } from "./account.js";
import { Controls } from "./controls.js";
import { SCENE, VERBS, deed, feeling } from "./deeds.js";
import { Link } from "./link.js";
import { Notices } from "./notices.js";
import { Replies } from "./replies.js";
import { Speech } from "./speech.js";
import { Stage } from "./stage.js";
import { Transcript } from "./transcript.js";
import { Waterfall } from "./waterfall.js";

const find = (id) => document.getElementById(id);
const options = new URLSearchParams(location.search);

const LABELS = {
  offline: "Out of reach",
  idle: "Ready",
  open: "Just speak",
  listening: "Listening",
  thinking: "Thinking",
  speaking: "Speaking",
};

const session = connect("/ws", { client: "townsfolk page", player: { id: playerId() } });
const notices = new Notices(find("notices"));
const transcript = new Transcript(find("log"), find("spoken"));
const waterfall = new Waterfall(find("waterfall"));
const link = new Link({ link: find("link"), text: find("link-text"), waiting: find("waiting") });
const replies = new Replies();
const stage = new Stage(choose);
const speech = new Speech(session, notices, {
  to: () => stage.actor.id,
  asked: (from) => replies.ask(from),
  typed: (text) => transcript.typed(text),
});
const controls = new Controls({
  press: () => speech.press(),
  release: () => speech.release(),
  handsFree: (on) => speech.handsFree(on),
  interrupt: () => session.interrupt(),
  say: (text) => speech.say(text),
});
speech.controls = controls;

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

// ------------------------------------------------------------ the connection

session
  .on("state", (now) => {
    link.show(now);
    show();
  })
  .on("ready", begin)
  .on("missed", ({ npc, text }) => transcript.aside(`You missed ${stage.nameOf(npc)} saying: “${text}”`))
  .on("error", (error) => Link.tells(error) || notices.error(error));

function begin({ resumed, cast, blendshapes, limits }) {
  stage.open(cast, blendshapes);
  find("text").maxLength = limits.text;
  for (const reply of replies.all.keys()) transcript.close(reply, { cut: true }); // they do not go on
  if (!resumed) {
    replies.clear();
    session.scene(SCENE);
    session.actions(VERBS);
    if (stage.actor) transcript.aside("They have forgotten what you said before.");
  }
  if (stage.actor) session.attend(stage.actor.id);
  else if (options.get("autostart") === "1") autostart();
}

// ------------------------------------------------------------ choosing

function choose(id) {
  if (session.state !== "connected") return;
  const { cast } = session.info;
  stage.enter((cast.find((npc) => npc.id === id) ?? cast[0]).id);
  transcript.clear();
  waterfall.clear();
  replies.ask();
  session.greet(stage.actor.id);
  speech.open().then((open) => open && options.get("handsfree") === "1" && speech.handsFree(true));
}

function leave() {
  if (session.busy) session.interrupt();
  if (session.microphone.handsFree) speech.handsFree(false);
  stage.leave();
}

function autostart() {
  choose(options.get("character") ?? session.info.cast[0].id);
  if (session.sound.state !== "running") notices.show("Touch the page for sound.", "Browsers play a voice only after a touch or a key.", "", { kind: true });
}

// ------------------------------------------------------------ what is said

session
  .on("hearing", ({ state, turn }) => (state === "ignored" || state === "aside") && transcript.withdraw(turn))
  .on("heard", ({ turn, text, final }) => transcript.player(turn, text, final))
  .on("reply", (message) => {
    replies.begin(message);
    transcript.reply(message.reply, stage.nameOf(message.npc));
  })
  .on("packet", ({ type, reply }) => type === "voice" && replies.arrive(reply))
  .on("line", (line) => transcript.line(line))
  .on("word", (word) => transcript.word(word))
  .on("action", (action) => {
    transcript.aside(deed(stage.nameOf(action.npc), action));
    session.result(action.action, true);
  })
  .on("feeling", (felt) => felt.npc === stage.actor?.id && transcript.mood(feeling(stage.actor.name, felt)))
  .on("done", ({ reply, text, latency }) => {
    replies.note(reply, { text, latency });
    showWait(reply);
  })
  .on("cancel", ({ reply }) => transcript.close(reply, { cut: true }))
  .on("playback", ({ reply, state, at }) => {
    replies.note(reply, { samplesPlayed: at, finished: state === "finished" });
    if (state === "started") replies.start(reply);
    if (state === "started") showWait(reply);
    if (state === "finished" || state === "interrupted") transcript.close(reply, { cut: state === "interrupted" });
  })
  .on("activity", show)
  .on("level", (peak) => controls.showLevel(peak));

/** Once the reply has both been sent and been heard to begin, its waiting is known. */
function showWait(number) {
  const reply = replies.get(number);
  if (!reply?.latency || reply.started === null) return;
  const wait = Replies.wait(reply);
  waterfall.show(reply.latency, wait, reply.from);
  transcript.note(number, wait === null ? "" : `answered after ${(wait / 1000).toFixed(2)} s`);
}

// ------------------------------------------------------------ what is seen

function state() {
  return session.state === "connected" ? session.activity : "offline";
}

function show() {
  const now = state();
  document.body.dataset.state = now;
  const label = LABELS[now === "idle" && session.microphone.handsFree ? "open" : now];
  // Written only on change: a status that is written again is read out again.
  if (find("state-text").textContent !== label) find("state-text").textContent = label;
  controls.showBusy(session.busy);
}

function draw() {
  requestAnimationFrame(draw);
  const now = state();
  stage.draw(stage.actor && session.frame(stage.actor.id), now === "offline" ? "idle" : now);
}

window.townsfolk = account({ session, stage, replies, transcript, notices, waterfall, state });
find("back").onclick = leave;
speech.hint();
requestAnimationFrame(draw);
