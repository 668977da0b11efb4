// The audio context: its rate decides what is asked of the server.

const OFFERED = [16000, 24000, 44100, 48000];
const HIGHEST = 96000; // the wire takes no microphone above this
const DEVICE_MS = 3000; // within which a device begins, wireless headphones included

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

/**
 * Wake the context at every touch: phones put it to sleep when a call comes or the page was away.
 * `unheard` is called once if it does not wake at the first: Firefox runs no context where there is no device.
 */
export function wakeOnTouch(context, unheard) {
  let timer = null;
  const wake = () => {
    if (context.state !== "suspended") return;
    context.resume();
    if (context.currentTime === 0 && navigator.userActivation?.hasBeenActive) timer ??= setTimeout(look, DEVICE_MS);
  };
  const look = () => context.state === "suspended" && context.currentTime === 0 && unheard?.();
  for (const type of ["pointerdown", "keydown", "touchend"]) {
    globalThis.addEventListener?.(type, wake, { capture: true, passive: true });
  }
}
