// For `townsfolk conformance`: plays silently what comes, reports it, and leaves when the server closes.

import { connect } from "../src/index.js";

const url = process.env.TOWNSFOLK_URL ?? process.argv.at(-1);
const WebSocket = globalThis.WebSocket ?? (await import("ws")).WebSocket;
const session = connect(url, { client: "townsfolk-javascript", WebSocket, face: { rest: true } });
const silence = new Int16Array(320); // 20 ms at 16 kHz
let time = 0;
const microphone = setInterval(() => {
  if (session.sendAudio(time, silence)) time += silence.length;
  session.frame();
}, 20);
session
  .on("action", ({ action }) => session.result(action, true))
  .on("state", ({ state }) => {
    if (state !== "closed" && state !== "refused") return;
    clearInterval(microphone);
    setTimeout(() => session.close(), 0);
  });
