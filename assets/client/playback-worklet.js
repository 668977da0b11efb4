// The mixer on the audio thread.

import { Mixer } from "./mixer.js";

class Playback extends AudioWorkletProcessor {
  constructor({ processorOptions: { rate } }) {
    super();
    const mixer = new Mixer(rate, sampleRate, (report) => this.port.postMessage(report));
    this.port.onmessage = ({ data }) => mixer.take(data);
    this.mixer = mixer;
  }

  process(_inputs, [[out]]) {
    this.mixer.render(out, currentTime);
    return true;
  }
}

registerProcessor("townsfolk-playback", Playback);
