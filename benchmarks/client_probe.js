// Put into a page before its own scripts: notes what is painted, shown, sent and heard. `take` hands over what there
// is and forgets it, so that an hour of it is no memory of the page.
(() => {
  const TAPE = `registerProcessor("tape", class extends AudioWorkletProcessor {
    process([[channel]]) {
      const piece = new Int16Array(128);
      if (channel) for (let i = 0; i < 128; i++) piece[i] = Math.round(Math.max(-1, Math.min(1, channel[i])) * 32767);
      this.port.postMessage({ frame: currentFrame, piece }, [piece.buffer]);
      return true;
    }
  });`;
  let shown = [], interruptions = [], sent = new Map(), tape = [];

  const text = (samples) => {
    const bytes = new Uint8Array(samples.buffer);
    let out = "";
    for (let i = 0; i < bytes.length; i += 32768) out += String.fromCharCode(...bytes.subarray(i, i + 32768));
    return btoa(out);
  };
  const joined = (pieces, length) => {
    const whole = new Int16Array(length);
    for (const { at, samples } of pieces) if (at >= 0 && at + samples.length <= length) whole.set(samples, at);
    return text(whole);
  };

  window.probe = {
    interactive: 0,
    paint: () => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? NaN,
    get session() {
      return window.townsfolk.session;
    },
    get voice() {
      return this.session.conversation.voice;
    },
    /** Nobody is asked, and nobody speaks. */
    get rests() {
      return this.session.activity === "idle" && this.session.state === "connected";
    },
    async start() {
      const { session } = this;
      const { sound, output } = session;
      await sound.audioWorklet.addModule(URL.createObjectURL(new Blob([TAPE], { type: "text/javascript" })));
      const node = new AudioWorkletNode(sound, "tape");
      node.port.onmessage = ({ data: { frame, piece } }) => tape.push({ at: frame, samples: piece });
      output.node.connect(node).connect(sound.destination);
      session.on("packet", ({ type, reply, time, samples }) => {
        if (type !== "voice") return;
        if (!sent.has(reply)) sent.set(reply, []);
        sent.get(reply).push({ at: time, samples: samples.slice() });
      });
      session.on("cancel", ({ reason }) => reason === "interrupted" && interruptions.push(sound.currentTime));
      const { frame: real } = session;
      session.frame = function (npc) { // what the page draws, at the moment it draws it
        const face = real.call(session, npc);
        if (face?.reply) {
          const { contextTime, performanceTime } = sound.getOutputTimestamp();
          shown.push([contextTime + (performance.now() - performanceTime) / 1000, face.reply, face.at]);
        }
        return face;
      };
    },
    /** All since the last time; ask while nobody speaks. */
    take() {
      const first = tape[0].at, rate = this.session.sound.sampleRate;
      const length = tape.at(-1).at + 128 - first;
      const spoken = [...sent].map(([reply, pieces]) => [reply, joined(pieces, Math.max(...pieces.map((p) => p.at + p.samples.length)))]);
      const heard = tape.map(({ at, samples }) => ({ at: at - first, samples }));
      const taken = { rate, began: first / rate, shown, interruptions, sent: Object.fromEntries(spoken), tape: joined(heard, length) };
      shown = [], interruptions = [], sent = new Map(), tape = [];
      return taken;
    },
  };

  const waiting = setInterval(() => {
    const somebody = document.querySelector("#cards button, #people button");
    if (!somebody || window.townsfolk?.session?.state !== "connected") return;
    probe.interactive = performance.now();
    clearInterval(waiting);
  }, 5);
})();
