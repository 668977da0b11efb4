// The 52 names of ARKit, and how to drive a face that has none of them but VRM's expressions.

const SIDES = (name) => [`${name}Left`, `${name}Right`];

/**
 * What a VRM expression is made of. VRM has mouth shapes by vowel; ARKit has the parts of a mouth, so each vowel is
 * read off the parts that make it. `at` weights are 0 to 1; what comes out is clamped to that.
 */
export const VRM_FROM_ARKIT = {
  aa: (w) => w("jawOpen") * 1.3 * (1 - 0.6 * round(w)) - w("mouthClose"),
  ih: (w) => 0.7 * mean(w, "mouthStretch") + 0.35 * mean(w, "mouthLowerDown") * (1 - round(w)),
  ou: (w) => 0.9 * w("mouthPucker"),
  ee: (w) => 0.6 * mean(w, "mouthUpperUp") + 0.4 * mean(w, "mouthDimple"),
  oh: (w) => w("mouthFunnel") + 0.4 * w("jawOpen") * round(w),
  blinkLeft: (w) => w("eyeBlinkLeft"),
  blinkRight: (w) => w("eyeBlinkRight"),
  happy: (w) => 0.8 * mean(w, "mouthSmile") + 0.2 * mean(w, "cheekSquint"),
  angry: (w) => 0.8 * mean(w, "browDown") + 0.2 * mean(w, "noseSneer"),
  sad: (w) => 0.5 * w("browInnerUp") * (1 - mean(w, "browOuterUp")) + 0.6 * mean(w, "mouthFrown"),
  surprised: (w) => 0.6 * mean(w, "browOuterUp") + 0.5 * mean(w, "eyeWide"),
  lookUp: (w) => mean(w, "eyeLookUp"),
  lookDown: (w) => mean(w, "eyeLookDown"),
  lookLeft: (w) => (w("eyeLookOutLeft") + w("eyeLookInRight")) / 2,
  lookRight: (w) => (w("eyeLookInLeft") + w("eyeLookOutRight")) / 2,
};

const mean = (w, name) => SIDES(name).reduce((sum, one) => sum + w(one), 0) / 2;
const round = (w) => Math.min(1, w("mouthPucker") + w("mouthFunnel"));

/** VRM expressions by name, from ARKit weights in the order of `index`. */
export function vrmExpressions(index, weights) {
  const w = (name) => weights[index.get(name)] ?? 0;
  const made = {};
  for (const [name, from] of Object.entries(VRM_FROM_ARKIT)) made[name] = Math.min(1, Math.max(0, from(w)));
  return made;
}
