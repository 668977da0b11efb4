// Runs under Node: `node browser.mjs PEER FOLDER` reads FOLDER/*.wav (16-bit mono PCM, 48 kHz) and writes
// FOLDER/*.PEER.json, as analyse.py does. The parts of the Web Audio API that the two libraries use are made
// here after its specification, on a clock that stands at the frame being made; no browser, no wall clock.
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { performance as wall } from "node:perf_hooks";

const [peer, folder, modules] = process.argv.slice(2);
const FPS = 60;
const QUANTUM = 128;
const load = (file) => import(pathToFileURL(path.join(modules, file)).href);

let now = 0; // milliseconds of audio
Object.defineProperty(globalThis, "performance", { value: { now: () => now }, configurable: true });

function read(file) {
  const bytes = fs.readFileSync(file);
  let at = 12;
  while (bytes.toString("latin1", at, at + 4) !== "data") at += 8 + bytes.readUInt32LE(at + 4);
  const count = bytes.readUInt32LE(at + 4) / 2;
  return Float32Array.from({ length: count }, (_, k) => bytes.readInt16LE(at + 8 + 2 * k) / 32768);
}

// ---- HeadAudio: an audio worklet in quanta of 128 samples, and its node's `update` once a frame

async function headaudio(rate) {
  const ports = () => {
    const a = { onmessage: null }, b = { onmessage: null };
    a.postMessage = (data) => b.onmessage?.({ data });
    b.postMessage = (data) => a.onmessage?.({ data });
    return [a, b];
  };
  let [inner, outer] = [null, null];
  globalThis.sampleRate = rate;
  globalThis.AudioWorkletProcessor = class { constructor() { this.port = inner; } };
  globalThis.AudioWorkletNode = class { constructor() { this.port = outer; } };
  let Worklet = null;
  globalThis.registerProcessor = (_, made) => { Worklet = made; };
  const { HeadAudio } = await load("@met4citizen/headaudio/modules/headaudio.mjs");
  const { Training } = await load("@met4citizen/headaudio/modules/training.mjs");
  await load("@met4citizen/headaudio/modules/headworklet.mjs");
  const bytes = fs.readFileSync(path.join(modules, "@met4citizen/headaudio/dist/model-en-mixed.bin"));
  globalThis.fetch = async () => new Response(bytes);

  return async (audio) => {
    [inner, outer] = ports();
    const node = new HeadAudio(null, {});
    const worklet = new Worklet({ processorOptions: {} });
    const values = Object.fromEntries(node.visemeNames.map((name) => [name, 0]));
    node.onvalue = (name, value) => { values[name] = value; };
    await node.loadModel("model-en-mixed.bin");
    const parameters = Object.fromEntries(
      Worklet.parameterDescriptors.map((each) => [each.name, Float32Array.of(each.defaultValue)]));
    let at = 0;
    const frames = [];
    for (let k = 0; k < Math.ceil((audio.length / rate) * FPS); k++) {
      now = (k * 1000) / FPS;
      for (; at + QUANTUM <= (k * rate) / FPS; at += QUANTUM)
        worklet.process([[audio.subarray(at, at + QUANTUM)]], [], parameters);
      node.update(1000 / FPS);
      frames.push(node.visemeNames.map((name) => values[name]));
    }
    return { names: node.visemeNames, frames };
  };
}

// ---- wawa-lipsync: an AnalyserNode, `processAudio` once a frame, and the usual easing

class Analyser {
  constructor(rate) {
    Object.assign(this, { rate, fftSize: 2048, smoothing: 0.8, low: -100, high: -30, heard: new Float32Array(0) });
    this.last = null;
  }
  get frequencyBinCount() { return this.fftSize / 2; }
  connect() {}
  getByteFrequencyData(out) {
    const n = this.fftSize, at = Math.round((now / 1000) * this.rate);
    const re = new Float64Array(n), im = new Float64Array(n);
    for (let k = 0; k < n; k++) {
      const phase = (2 * Math.PI * k) / n;
      const blackman = 0.42 - 0.5 * Math.cos(phase) + 0.08 * Math.cos(2 * phase);
      re[k] = blackman * (this.heard[at - n + k] ?? 0);
    }
    fft(re, im);
    this.last ??= new Float64Array(n / 2);
    for (let k = 0; k < n / 2; k++) {
      const size = Math.hypot(re[k], im[k]) / n;
      this.last[k] = this.smoothing * this.last[k] + (1 - this.smoothing) * size;
      const decibels = 20 * Math.log10(this.last[k] || 1e-12);
      out[k] = Math.max(0, Math.min(255, Math.floor((255 * (decibels - this.low)) / (this.high - this.low))));
    }
  }
}

function fft(re, im) {
  const n = re.length;
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) { [re[i], re[j]] = [re[j], re[i]]; [im[i], im[j]] = [im[j], im[i]]; }
  }
  for (let size = 2; size <= n; size *= 2)
    for (let start = 0; start < n; start += size)
      for (let k = 0; k < size / 2; k++) {
        const angle = (-2 * Math.PI * k) / size, c = Math.cos(angle), s = Math.sin(angle);
        const a = start + k, b = a + size / 2;
        const x = re[b] * c - im[b] * s, y = re[b] * s + im[b] * c;
        re[b] = re[a] - x; im[b] = im[a] - y; re[a] += x; im[a] += y;
      }
}

async function wawa(rate) {
  let analyser = null;
  globalThis.window = {
    AudioContext: class {
      sampleRate = rate;
      createAnalyser() { return (analyser = new Analyser(rate)); }
    },
  };
  const { Lipsync, VISEMES } = await load("wawa-lipsync/dist/wawa-lipsync.es.js");
  const names = Object.values(VISEMES);
  return async (audio) => {
    now = 0;
    const lipsync = new Lipsync();
    analyser.heard = audio;
    let values = names.map(() => 0);
    const frames = [];
    for (let k = 0; k < Math.ceil((audio.length / rate) * FPS); k++) {
      now = (k * 1000) / FPS;
      lipsync.processAudio();
      const speed = lipsync.state === "vowel" ? 0.2 : 0.4; // as applications ease it: half as fast to let go
      values = values.map((value, j) =>
        names[j] === lipsync.viseme ? value + speed * (1 - value) : value * (1 - speed / 2));
      frames.push(values);
    }
    return { names, frames };
  };
}

const make = { headaudio, wawa }[peer];
const RATE = 48000;
const hear = await make(RATE);
for (const name of fs.readdirSync(folder).filter((each) => each.endsWith(".wav")).sort()) {
  const file = path.join(folder, name);
  const began = wall.now();
  const found = await hear(read(file));
  const seconds = (wall.now() - began) / 1000;
  fs.writeFileSync(file.replace(/wav$/, `${peer}.json`), JSON.stringify({ fps: FPS, ...found, seconds }));
}
