// Types a line to a character and prints what comes: node say.mjs [ws://127.0.0.1:8765/ws] ["What is to eat?"] [innkeeper]
// Node 22 has a WebSocket; before: npm install ws.

import { connect } from "../src/index.js";

const [url = "ws://127.0.0.1:8765/ws", text = "Do you have a room for the night?", to = null] = process.argv.slice(2);
const WebSocket = globalThis.WebSocket ?? (await import("ws")).WebSocket;

const session = connect(url, { client: "say.mjs", cast: to ? [to] : [], WebSocket });
session
  .on("state", ({ state, error }) => console.log(`(${state}${error ? `: ${error.message}` : ""})`))
  .on("ready", ({ resumed }) => resumed || session.say(text, to))
  .on("line", ({ npc, text }) => console.log(`${npc}: ${text}`))
  .on("action", ({ npc, verb, target, action }) => {
    console.log(`* ${npc} ${verb}s ${target ?? ""}`);
    session.result(action, true);
  })
  .on("feeling", ({ npc, emotion, intensity }) => console.log(`* ${npc}: ${emotion} ${intensity.toFixed(1)}`))
  .on("missed", ({ npc, text }) => console.log(`(missed) ${npc}: ${text}`))
  .on("error", ({ code, message }) => console.log(`! ${code}: ${message}`))
  .on("done", ({ samples }) => console.log(`(${(samples / session.info.audio_out.rate).toFixed(1)} s of voice)`))
  .on("playback", ({ state }) => state === "finished" && session.close());
