// Cuts the microphone into PCM16 packets of 20 ms at the rate of the audio context.

class Capture extends AudioWorkletProcessor {
  constructor() {
    super();
    this.length = Math.round(sampleRate * 0.02);
    this.packet = new Int16Array(this.length);
    this.filled = 0;
    this.time = 0;
    this.peak = 0;
  }

  process([[channel]]) {
    if (!channel) return true; // the source is not connected yet, or the device went away
    for (const sample of channel) {
      const clipped = Math.max(-1, Math.min(1, sample));
      this.peak = Math.max(this.peak, Math.abs(clipped));
      this.packet[this.filled++] = Math.round(clipped * 32767);
      if (this.filled === this.packet.length) this.post();
    }
    return true;
  }

  post() {
    const samples = this.packet;
    this.port.postMessage({ time: this.time, samples, peak: this.peak }, [samples.buffer]);
    this.time += this.length; // not samples.length: what was transferred is empty here
    this.packet = new Int16Array(this.length);
    this.filled = 0;
    this.peak = 0;
  }
}

registerProcessor("townsfolk-capture", Capture);
