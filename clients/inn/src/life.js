// What a face does when nothing is sent for it: blinks, small glances, and a look at whoever matters.

import { chance } from "./shapes.js";

const BLINK = 0.16; // seconds, as people do
const GLANCE = [1.2, 3.4]; // seconds between small movements of the eyes
const LIMIT = { yaw: 1.05, pitch: 0.5 }; // radians that a neck turns without the shoulders
const EYES = 0.45; // radians of an eye for a weight of 1

export class Life {
  constructor(seed, { still = false, mood = 0.12 } = {}) {
    this.random = chance(seed);
    this.still = still;
    this.mood = mood;
    this.blinkAt = 1 + this.random() * 3;
    this.glanceAt = 0;
    this.glance = [0, 0];
    this.pose = { pitch: 0, yaw: 0, roll: 0 };
  }

  /** Adds to `weights`; `toward` is {yaw, pitch} of what is looked at, in radians from straight ahead of the chest. */
  add(seconds, step, index, weights, toward, speaking) {
    const put = (name, value) => index.has(name) && (weights[index.get(name)] = Math.max(weights[index.get(name)], value));
    const blink = this.#blink(seconds);
    put("eyeBlinkLeft", blink);
    put("eyeBlinkRight", blink);
    if (!speaking) for (const side of ["Left", "Right"]) put(`mouthSmile${side}`, this.mood);
    this.#turn(seconds, step, toward, speaking);
    this.#look(put, toward);
    return this.pose;
  }

  #blink(seconds) {
    const since = seconds - this.blinkAt;
    if (since > BLINK) this.blinkAt = seconds + 2 + this.random() * 4;
    return since < 0 || since > BLINK ? 0 : Math.sin((since / BLINK) * Math.PI);
  }

  /** The neck follows at its own pace; the eyes, below, take up the difference at once. */
  #turn(seconds, step, toward, speaking) {
    const ease = 1 - Math.exp(-step * 4.5);
    const sway = this.still ? 0 : speaking ? 0.035 : 0.014;
    const yaw = clamp(toward.yaw * 0.85, LIMIT.yaw) + sway * Math.sin(seconds * 1.1 + this.mood * 40);
    const pitch = clamp(toward.pitch * 0.8, LIMIT.pitch) + sway * Math.sin(seconds * 1.7);
    this.pose.yaw += (yaw - this.pose.yaw) * ease;
    this.pose.pitch += (pitch - this.pose.pitch) * ease;
    this.pose.roll += (sway * 1.4 * Math.sin(seconds * 0.8) - this.pose.roll) * ease;
  }

  #look(put, toward) {
    const yaw = (toward.yaw - this.pose.yaw + this.glance[0]) / EYES;
    const pitch = (toward.pitch - this.pose.pitch + this.glance[1]) / EYES;
    put("eyeLookOutLeft", limit(yaw));
    put("eyeLookInRight", limit(yaw));
    put("eyeLookInLeft", limit(-yaw));
    put("eyeLookOutRight", limit(-yaw));
    for (const side of ["Left", "Right"]) {
      put(`eyeLookUp${side}`, limit(pitch));
      put(`eyeLookDown${side}`, limit(-pitch));
    }
  }

  /** A fixation is never quite still. */
  wander(seconds) {
    if (this.still || seconds < this.glanceAt) return;
    this.glanceAt = seconds + GLANCE[0] + this.random() * (GLANCE[1] - GLANCE[0]);
    this.glance = [(this.random() - 0.5) * 0.07, (this.random() - 0.5) * 0.05];
  }
}

const clamp = (value, most) => Math.min(most, Math.max(-most, value));
const limit = (value) => Math.min(1, Math.max(0, value));
