// The page: wires the socket, the voice, the face and the microphone to what can be seen and touched.

import { Cards } from "./cards.js";
import { Controls } from "./controls.js";
import { FaceTrack } from "./face.js";
import { Head } from "./head.js";
import { Life } from "./life.js";
import { Microphone } from "./microphone.js";
import { Notices } from "./notices.js";
import { Player } from "./player.js";
import { Replies } from "./replies.js";
import { openSound, voiceRate, wakeOnTouch } from "./sound.js";
import { Transcript } from "./transcript.js";
import { Waterfall } from "./waterfall.js";
import { Wire } from "./wire.js";

const find = (id) => document.getElementById(id);
const options = new URLSearchParams(location.search);
const still = matchMedia("(prefers-reduced-motion: reduce)").matches;

const LABELS = {
  offline: "Out of reach",
  idle: "Ready",
  open: "Just speak",
  listening: "Listening",
  thinking: "Thinking",
  speaking: "Speaking",
};
// Answers that the connection light already tells of: the page simply tries again.
const PASSING = { not_ready: "Everybody is still waking up…", closing: "The door is being closed…", busy: "The house is full…" };

const sound = openSound();
const notices = new Notices(find("notices"));
const transcript = new Transcript(find("log"), find("spoken"));
const waterfall = new Waterfall(find("waterfall"));
const replies = new Replies();
const player = new Player(sound, voiceRate(sound), report);
const wire = new Wire(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws`, hello);
const microphone = new Microphone(sound, {
  send: (time, samples) => wire.sendMicrophone(time, samples, player.audible),
  talk,
  level: (peak) => controls.showLevel(peak),
});
const controls = new Controls({ press, release, handsFree, interrupt, say });
const cards = new Cards(find("cards"), choose, { still });

let ready = null;
let face = null;
let stage = null; // {id, name, head, life, frame} of the character in view
let heard = "";
let turn = null; // the player's turn that is open, as the server hears it
let thinking = null; // the reply that has been begun and not been heard yet; 0 while it is not even begun
let speaking = null;
let facePeak = 0;
let framesDrawn = 0;
let waterfallOf = null;

// ------------------------------------------------------------ the connection

function hello() {
  return {
    client: "townsfolk page",
    player: { id: playerId() },
    audio_in: { rate: sound.sampleRate, echo_cancelled: true },
    audio_out: { rate: player.rate },
    face: { format: "u8", fps: 60 },
  };
}

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

wire
  .on("state", ({ state, seconds }) => {
    const text = { connecting: "Connecting…", ready: "Connected", waiting: `Trying again in ${Math.ceil(seconds)} s`, closed: "Not connected" };
    find("link").dataset.link = state;
    find("link-text").textContent = text[state];
    if (state === "waiting" || state === "closed") lost();
    show();
  })
  .on("ready", begin)
  .on("hearing", ({ state, turn: number }) => {
    const withdrawn = state === "ignored" || state === "aside"; // nothing was said, or nothing to be answered
    turn = state === "ended" || withdrawn ? null : number;
    if (state === "ended") thinking ??= 0;
    if (withdrawn) {
      if (thinking === 0) thinking = null;
      transcript.withdraw(number);
    }
    show();
  })
  .on("heard", ({ turn: number, text, final }) => {
    heard = text;
    transcript.player(number, text, final);
  })
  .on("reply", (message) => {
    replies.begin(message);
    player.expect(message.reply);
    thinking = message.reply;
    transcript.reply(message.reply, nameOf(message.npc));
    show();
  })
  .on("line", (message) => {
    if (player.refuses(message.reply)) return;
    transcript.line(message);
  })
  .on("voice", (packet) => {
    const reply = replies.get(packet.reply);
    if (reply) reply.arrived ??= performance.now();
    player.voice(packet);
  })
  .on("face", (packet) => player.refuses(packet.reply) || face.add(packet))
  .on("done", ({ reply: number, samples, text, latency }) => {
    const reply = replies.get(number);
    if (!reply) return;
    Object.assign(reply, { latency, text });
    player.end(number, samples);
    showWait(reply);
  })
  .on("hold", ({ reply }) => player.hold(reply))
  .on("release", ({ reply }) => player.release(reply))
  .on("cancel", ({ reply }) => cut(reply))
  .on("error", (error) => {
    if (thinking === 0) thinking = null; // what was asked was refused: nothing is being thought
    if (PASSING[error.code] && error.fatal) find("waiting").textContent = PASSING[error.code];
    else notices.error(error);
    show();
  });

function begin(message) {
  const before = ready;
  ready = message;
  turn = thinking = null;
  face = new FaceTrack(message.blendshapes, message.audio_out.rate, message.face.fps);
  if (!message.resumed) {
    player.forget();
    replies.clear();
    if (before && stage) transcript.aside("They have forgotten what you said before.");
  }
  find("text").maxLength = message.limits.text;
  find("waiting").hidden = true;
  cards.show(message.cast, message.blendshapes);
  if (stage) wire.send({ type: "attend", to: stage.id });
  else if (options.get("autostart") === "1") autostart();
}

/** The connection broke: what was said is over, what was begun will not come. */
function lost() {
  hush();
  turn = null;
  if (!ready) Object.assign(find("waiting"), { hidden: false });
}

function nameOf(id) {
  return ready.cast.find((npc) => npc.id === id)?.name ?? id;
}

// ------------------------------------------------------------ choosing

function choose(id) {
  if (wire.state !== "ready") return;
  const npc = ready.cast.find((npc) => npc.id === id) ?? ready.cast[0];
  sound.resume();
  view("talk");
  stage?.head.close();
  const head = new Head(find("head"), ready.blendshapes, npc.id, { still });
  const size = ready.blendshapes.length;
  stage = { id: npc.id, name: npc.name, head, life: new Life(head.index, size, { still }), frame: new Float32Array(size) };
  find("name").textContent = npc.name;
  find("head").setAttribute("aria-label", `The face of ${npc.name}`);
  find("name").focus({ preventScroll: true });
  transcript.clear();
  waterfall.clear();
  replies.ask();
  thinking = 0;
  wire.send({ type: "greet", to: npc.id });
  listenIfAllowed();
  show();
}

function leave() {
  if (busy()) interrupt();
  if (microphone.handsFree) handsFree(false);
  stage?.head.close();
  stage = null;
  view("choose");
  find("cards").querySelector("button")?.focus();
  show();
}

function view(name) {
  document.body.dataset.view = name;
  find("choose").hidden = name !== "choose";
  find("talk").hidden = name !== "talk";
  find("back").hidden = name !== "talk";
  find("wordmark").hidden = name === "talk";
}

function autostart() {
  choose(options.get("character") ?? ready.cast[0].id);
  if (sound.state !== "running") notices.show("Touch the page for sound.", "Browsers play a voice only after a touch or a key.", "", { kind: true });
}

// ------------------------------------------------------------ the player speaks

/** Ask for the microphone as soon as somebody is there to talk to, so that the first press is not lost to the asking. */
async function listenIfAllowed() {
  if (!(await openMicrophone())) return;
  if (options.get("handsfree") === "1" && !microphone.handsFree) handsFree(true);
}

async function openMicrophone() {
  try {
    await microphone.open();
    controls.showMissing(false);
  } catch (error) {
    controls.showMissing(true);
    const [title, hint] = withoutMicrophone(error);
    notices.show(title, hint, "", { kind: true });
  }
  hint();
  return microphone.isOpen;
}

function withoutMicrophone(error) {
  if (error.name === "NotAllowedError") return ["No microphone, no matter.", "Type what you want to say; allow the microphone in the address bar whenever you like."];
  if (error.name === "NotFoundError") return ["No microphone was found.", "Type what you want to say, or plug one in and press the button again."];
  if (error.name === "NotSupportedError") return ["The microphone needs https or localhost.", "Browsers give it to secure pages only. Typing works here."];
  return ["The microphone could not be opened.", `${error.message || error.name}. Typing works all the same.`];
}

function press() {
  if (!microphone.isOpen) {
    openMicrophone();
    return false;
  }
  if (wire.state !== "ready") return false;
  hush(); // whoever speaks is listened to, at once
  const pressed = microphone.press();
  show();
  return pressed;
}

function release() {
  if (!microphone.release()) return;
  replies.ask("after release");
  thinking = 0;
  show();
}

function talk(down) {
  wire.send({ type: "talk", down });
}

async function handsFree(on) {
  if (on && !(await openMicrophone())) return;
  microphone.handsFree = on;
  if (on) wire.send({ type: "talk", down: null }); // from here on turns are found in the silence
  if (!on && turn !== null) talk(false); // the turn that is open ends here
  controls.showFree(on);
  hint();
  show();
}

function say(text) {
  if (wire.state !== "ready") {
    notices.show("Nobody can hear you just now.", "The connection is down; your line stays here until it is back.", "", { kind: true });
    return false;
  }
  hush();
  transcript.typed(text);
  replies.ask();
  thinking = 0;
  wire.send({ type: "say", text, to: stage.id });
  show();
  return true;
}

// ------------------------------------------------------------ silence

/** Be quiet here and now; the server is told by whatever the player does next. */
function hush() {
  const at = player.position();
  if (at) transcript.reach(at.reply, at.at);
  player.hush();
  for (const reply of replies.all.keys()) transcript.close(reply, { cut: true });
  thinking = speaking = null;
}

function interrupt() {
  hush();
  wire.send({ type: "interrupt" });
  show();
}

function cut(reply) {
  const at = player.position();
  if (at?.reply === reply) transcript.reach(reply, at.at);
  player.cancel(reply);
  face.drop(reply);
  transcript.close(reply, { cut: true });
  if (thinking === reply) thinking = null;
  if (speaking === reply) speaking = null;
  show();
}

function busy() {
  return speaking !== null || thinking !== null;
}

// ------------------------------------------------------------ the character speaks

function report(reply, state, at) {
  if (replies.get(reply)) wire.send({ type: "playback", reply, state, at });
}

player
  .on("started", ({ reply: number }) => {
    const reply = replies.get(number);
    if (!reply) return;
    reply.started = performance.now() + player.latency * 1000;
    speaking = number;
    if (thinking === number) thinking = null;
    showWait(reply);
    show();
  })
  .on("position", ({ reply: number, at }) => {
    const reply = replies.get(number);
    if (reply) reply.samplesPlayed = at;
    if (document.hidden) transcript.reach(number, at); // no frames are drawn then
  })
  .on("finished", (end) => over(end, true))
  .on("interrupted", (end) => over(end, false));

function over({ reply: number, at }, finished) {
  const reply = replies.get(number);
  if (reply) Object.assign(reply, { samplesPlayed: at, finished });
  if (speaking === number) speaking = null;
  transcript.close(number, { cut: !finished });
  face?.drop(number);
  show();
}

/** Once the reply has both been sent and been heard to begin, its waiting is known. */
function showWait(reply) {
  if (!reply.latency || reply.started === null) return;
  const wait = Replies.wait(reply);
  waterfall.show(reply.latency, wait, reply.from);
  waterfallOf = { ...reply.latency, page: wait };
  transcript.note(reply.reply, wait === null ? "" : `answered after ${(wait / 1000).toFixed(2)} s`);
}

// ------------------------------------------------------------ what is seen

function state() {
  if (wire.state !== "ready") return "offline";
  if (microphone.held || turn !== null) return "listening";
  if (speaking !== null) return "speaking";
  if (thinking !== null) return "thinking";
  return "idle";
}

function show() {
  const now = state();
  document.body.dataset.state = now;
  const label = LABELS[now === "idle" && microphone.handsFree ? "open" : now];
  // Written only on change: a status that is written again is read out again.
  if (find("state-text").textContent !== label) find("state-text").textContent = label;
  controls.showBusy(busy());
}

function hint() {
  const keys = matchMedia("(hover: hover)").matches;
  const held = keys ? "Hold the button or <kbd>Space</kbd> while you speak." : "Hold the button while you speak.";
  const text = microphone.handsFree
    ? "Just talk. Speak over them and they stop. Headphones help."
    : (microphone.isOpen ? held : "Type, or press the button to allow the microphone.") + (keys ? " <kbd>Esc</kbd> interrupts." : "");
  find("hint").innerHTML = text;
}

function draw() {
  requestAnimationFrame(draw);
  const now = performance.now() / 1000;
  if (!stage) return cards.draw(now);
  const place = player.position();
  const silenced = place === null || place.reply === player.held; // the mouth rests, the rest of the face lives on
  const frame = !silenced && face.sample(place.reply, place.at, stage.frame) ? stage.frame : null;
  const mode = state();
  const weights = stage.life.update(now, mode === "offline" ? "idle" : mode, frame);
  stage.head.draw(weights, stage.life.pose, now);
  if (!frame) return;
  framesDrawn += 1;
  facePeak = Math.max(facePeak, weights[stage.head.index.jawOpen]);
  transcript.reach(place.reply, place.at);
}

// ------------------------------------------------------------ start

/** For tests and the curious; nothing on the page reads it. */
window.townsfolk = Object.freeze({
  get connected() { return wire.state === "ready"; },
  get ready() { return ready; },
  get character() { return stage?.id ?? null; },
  get state() { return state(); },
  get lastReply() {
    const { last } = replies;
    if (!last) return null;
    const { reply, text, samplesPlayed, finished } = last;
    return { reply, text, spokenText: transcript.shownOf(reply), samplesPlayed, finished };
  },
  get facePeak() { return facePeak; },
  get framesDrawn() { return framesDrawn; },
  get audioPlayedSamples() { return player.total; },
  get heard() { return heard; },
  get errors() { return [...notices.all]; },
  get latency() { return waterfallOf; },
  get held() { return player.held; },
  get position() { return player.position(); },
  get mouth() { return stage?.life.weights[stage.head.index.jawOpen] ?? null; },
});

find("back").onclick = leave;
addEventListener("online", () => wire.state === "waiting" && wire.connect());
wakeOnTouch(sound);
hint();
player.open().catch((error) => notices.show("The voice cannot be played here.", error.message));
wire.connect();
requestAnimationFrame(draw);
