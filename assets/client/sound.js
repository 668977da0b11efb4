// The audio context: its rate decides what is asked of the server.

const OFFERED = [16000, 24000, 44100, 48000];
const HIGHEST = 96000; // the wire takes no microphone above this

/** Opened at once, asleep until the player's first touch (browsers want a gesture before sound). */
export function openSound() {
  const context = new AudioContext({ latencyHint: "interactive" });
  if (context.sampleRate <= HIGHEST) return context;
  context.close();
  return new AudioContext({ latencyHint: "interactive", sampleRate: 48000 });
}

/** The rate to ask the voice in: the output's own if the wire has it, so that nothing is resampled here. */
export function voiceRate(rate) {
  return OFFERED.includes(rate) ? rate : 24000;
}

/** Wake the context at every touch: phones put it to sleep when a call comes or the page was away. */
export function wakeOnTouch(context) {
  for (const type of ["pointerdown", "keydown", "touchend"]) {
    globalThis.addEventListener?.(type, () => context.state === "suspended" && context.resume(), { capture: true, passive: true });
  }
}
