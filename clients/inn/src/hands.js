// The player's pointer: what is under it, and what is clicked.

import * as THREE from "three";

const CLICK = 8; // pixels: a finger that moved further has dragged

export class Hands {
  /** `on` is {over(id), use(id)}. */
  constructor(canvas, view, on) {
    Object.assign(this, { canvas, view, on });
    this.ray = new THREE.Raycaster();
    this.pointer = null;
    this.under = null;
    canvas.addEventListener("pointermove", (event) => (this.pointer = [event.clientX, event.clientY]));
    canvas.addEventListener("pointerleave", () => (this.pointer = null));
    canvas.addEventListener("pointerdown", (event) => (this.from = [event.clientX, event.clientY]));
    canvas.addEventListener("click", (event) => this.#click(event));
  }

  /** Once a frame at most: the ray meets every mesh of the room. */
  look() {
    const id = this.pointer ? this.#hit(...this.pointer) : null;
    this.canvas.classList.toggle("over", id !== null);
    if (id !== this.under) this.on.over((this.under = id));
  }

  #hit(x, y) {
    this.ray.setFromCamera(new THREE.Vector2((x / innerWidth) * 2 - 1, 1 - (y / innerHeight) * 2), this.view.camera);
    return this.view.world.hit(this.ray);
  }

  #click({ clientX, clientY }) {
    if (this.from && Math.hypot(clientX - this.from[0], clientY - this.from[1]) > CLICK) return;
    const id = this.#hit(clientX, clientY);
    if (id) this.on.use(id);
  }
}
