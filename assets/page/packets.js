// Binary packets of the wire: a header of 12 bytes, little-endian, then the payload (runtime/protocol/media.py).

const HEADER = 12;
const VOICE = 1;
const FACE = 2;
const MICROPHONE = 16;
const AUDIBLE = 1;

/** One decoded packet, or null for a kind this page does not know (a newer server may send more kinds). */
export function decode(buffer) {
  if (buffer.byteLength < HEADER) return null;
  const view = new DataView(buffer);
  const packet = {
    kind: view.getUint8(0),
    count: view.getUint16(2, true),
    reply: view.getUint32(4, true),
    time: view.getUint32(8, true),
  };
  const bytes = buffer.byteLength - HEADER;
  if (packet.kind === VOICE) return { ...packet, type: "voice", samples: new Int16Array(buffer, HEADER, bytes >> 1) };
  if (packet.kind === FACE) return { ...packet, type: "face", weights: new Uint8Array(buffer, HEADER) };
  return null;
}

/** `samples` is PCM16; `time` counts microphone samples since the session began; `audible`: the character can be heard. */
export function encodeMicrophone(time, samples, audible) {
  const buffer = new ArrayBuffer(HEADER + samples.length * 2);
  const view = new DataView(buffer);
  view.setUint8(0, MICROPHONE);
  view.setUint8(1, audible ? AUDIBLE : 0);
  view.setUint32(8, time >>> 0, true);
  new Int16Array(buffer, HEADER).set(samples);
  return buffer;
}
