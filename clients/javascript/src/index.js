// Townsfolk for browsers and Node: characters that hear, think, speak, and show it in their faces.

export { PROTOCOL } from "./connection.js";
export { wordsOf } from "./cues.js";
export { SilentOutput, WebOutput } from "./output.js";
export { decode, encodeMicrophone } from "./packets.js";
export { composing, joined, languageOf } from "./script.js";
export { connect, Session } from "./session.js";
export { openSound, voiceRate, wakeOnTouch } from "./sound.js";
