// Binary packets of the wire: a header of 12 bytes, little-endian, then the payload (docs/protocol.md, "Binary packets").

const HEADER = 12;
const VOICE = 1;
const FACE = 2;
const MICROPHONE = 16;
const AUDIBLE = 1;
const FLOATS = 2;
const POSED = 4;
const ANGLES = 7; // head yaw, pitch, roll; left eye yaw, pitch; right eye yaw, pitch

/**
 * One decoded packet; null for a kind that is not known (a newer server may send more) or one that is not whole.
 * Voice: {type, reply, time, samples: Int16Array}. Face: {type, reply, time, count, size, weights, scale, pose, degrees}:
 * weight i of frame k is `weights[k * size + i] * scale`, angle i is `pose[k * 7 + i] * degrees`.
 */
export function decode(buffer) {
  if (buffer.byteLength < HEADER) return null;
  const view = new DataView(buffer);
  const header = { reply: view.getUint32(4, true), time: view.getUint32(8, true) };
  const kind = view.getUint8(0);
  if (kind === VOICE) return { type: "voice", ...header, samples: new Int16Array(buffer, HEADER, (buffer.byteLength - HEADER) >> 1) };
  if (kind === FACE) return face(buffer, header, view.getUint8(1), view.getUint16(2, true));
  return null;
}

function face(buffer, header, flags, count) {
  const floats = (flags & FLOATS) !== 0;
  const turned = flags & POSED ? count * ANGLES : 0;
  const angles = turned * (floats ? 4 : 2);
  const size = (buffer.byteLength - HEADER - angles) / (floats ? 4 : 1) / count;
  if (!Number.isInteger(size) || size < 1) return null;
  const [Angle, Weight] = floats ? [Float32Array, Float32Array] : [Int16Array, Uint8Array];
  return {
    type: "face",
    ...header,
    count,
    size,
    weights: new Weight(buffer, HEADER + angles, count * size),
    scale: floats ? 1 : 1 / 255,
    pose: turned ? new Angle(buffer, HEADER, turned) : null,
    degrees: floats ? 1 : 1 / 100,
  };
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
