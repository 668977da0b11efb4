// In a headset: talk is hands-free, the gaze is known, captions hang beside whoever speaks.

import * as THREE from "three";

const LOOK_EVERY = 0.3; // seconds: gaze is a habit, not a pulse
const PANEL = [1024, 256];

export async function vrIsHere() {
  return (await navigator.xr?.isSessionSupported("immersive-vr").catch(() => false)) ?? false;
}

export class Vr {
  /** `on` is {use(id), look(id), press(), release(), begin(), end()}. */
  constructor(view, on) {
    Object.assign(this, { view, on });
    this.panel = panel();
    this.since = 0;
    this.ray = new THREE.Raycaster();
    this.ray.camera = view.camera; // sprites are where they face it
  }

  async enter() {
    const { view } = this;
    const session = await navigator.xr.requestSession("immersive-vr", { optionalFeatures: ["local-floor", "hand-tracking"] });
    view.renderer.xr.enabled = true;
    view.renderer.xr.setReferenceSpaceType("local-floor");
    await view.renderer.xr.setSession(session);
    view.rig.position.set(view.wantAt.x, 0, view.wantAt.z);
    view.rig.rotation.y = Math.atan2(view.wantAt.x - view.wantTo.x, view.wantAt.z - view.wantTo.z);
    view.world.stage.add(this.panel.mesh);
    for (const hand of [0, 1]) this.#hand(view.renderer.xr.getController(hand));
    session.addEventListener("end", () => this.#leave());
    this.on.begin();
  }

  #leave() {
    const { view } = this;
    view.rig.position.set(0, 0, 0);
    view.rig.rotation.y = 0;
    view.renderer.xr.enabled = false;
    this.panel.mesh.removeFromParent();
    setTimeout(() => view.fit(true)); // the renderer itself leaves first
    this.on.end();
  }

  #hand(controller) {
    if (controller.userData.known) return;
    controller.userData.known = true;
    const line = new THREE.BufferGeometry().setFromPoints([new THREE.Vector3(), new THREE.Vector3(0, 0, -2.5)]);
    controller.add(new THREE.Line(line, new THREE.LineBasicMaterial({ color: "#ffce8a", transparent: true, opacity: 0.5 })));
    controller.addEventListener("select", () => {
      const id = this.#along(controller);
      if (id) this.on.use(id);
    });
    controller.addEventListener("squeezestart", () => this.on.press());
    controller.addEventListener("squeezeend", () => this.on.release());
    this.view.rig.add(controller);
  }

  #along(part) {
    part.updateWorldMatrix(true, false);
    const way = new THREE.Vector3(0, 0, -1).transformDirection(part.matrixWorld);
    this.ray.set(part.getWorldPosition(new THREE.Vector3()), way);
    return this.view.world.hit(this.ray);
  }

  /** `speaker` is whom the caption belongs to. */
  advance(step, speaker, text) {
    this.since += step;
    if (this.since > LOOK_EVERY) {
      this.since = 0;
      this.on.look(this.#along(this.view.camera));
    }
    this.panel.show(text);
    if (!speaker) return;
    this.panel.mesh.position.copy(speaker.eyes()).add(new THREE.Vector3(0, 0.34, 0));
    this.panel.mesh.lookAt(this.view.world.player());
  }
}

function panel() {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = PANEL;
  const texture = new THREE.CanvasTexture(canvas);
  texture.colorSpace = THREE.SRGBColorSpace;
  const mesh = new THREE.Mesh(new THREE.PlaneGeometry(1, 0.25), new THREE.MeshBasicMaterial({ map: texture, transparent: true, fog: false, toneMapped: false }));
  let shown = null;
  const show = (text) => {
    mesh.visible = Boolean(text);
    if (text === shown) return;
    shown = text;
    write(canvas.getContext("2d"), text);
    texture.needsUpdate = true;
  };
  return { mesh, show };
}

function write(c, text) {
  const [width, height] = PANEL;
  c.clearRect(0, 0, width, height);
  c.fillStyle = "rgb(20 12 8 / 0.78)";
  c.beginPath();
  c.roundRect(0, 0, width, height, 40);
  c.fill();
  c.font = "52px Georgia, 'Noto Serif', serif";
  c.fillStyle = "#fff3df";
  c.textAlign = "center";
  const lines = wrapped(text, (part) => c.measureText(part).width <= width - 100).slice(-3); // the newest words matter
  lines.forEach((line, n) => c.fillText(line, width / 2, height / 2 + 18 + (n - (lines.length - 1) / 2) * 66));
}

/** Lines that fit: broken at blanks, and anywhere in scripts that have none. */
export function wrapped(text, fits) {
  const lines = [];
  let line = "";
  for (const part of text.match(/[\u0e00-\u0e7f\u2e80-\u9fff\uff00-\uffef]|[^\s\u0e00-\u0e7f\u2e80-\u9fff\uff00-\uffef]+\s*|\s+/g) ?? []) {
    if (line && !fits((line + part).trimEnd())) {
      lines.push(line.trim());
      line = "";
    }
    line += part;
  }
  return line.trim() ? [...lines, line.trim()] : lines;
}
