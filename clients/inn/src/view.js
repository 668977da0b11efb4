// The eye: renderer, camera and how many pixels this machine can bear.

import * as THREE from "three";

const NEAR_FIELD = 34; // degrees, for a talk: faces are flattered by a long lens
const SLOW = 1 / 24; // seconds a frame: below this it is seen as a stutter
const FAST = 1 / 50;
const RATIOS = [0.3, 0.42, 0.6, 0.8, 1, 1.5, 2]; // of the screen's own pixels, by steps that are seen but not felt
const SETTLE = 1.2; // seconds between two changes of it
const MORPHED = 4000; // vertices with shapes that one frame may hand to the GPU
const UNDERGROUND = 50; // metres: nobody looks there
const SHADOW_EVERY = 3; // frames; shadows of calm people are never seen to lag

const ROOM = { exposure: 1.12, key: 1.5, from: new THREE.Vector3(), near: 6, far: 13 }; // fog in metres
const CLOSE = { exposure: 0.84, key: 1.5, from: new THREE.Vector3(-0.8, 0.35, -0.75), near: 1.6, far: 6.5 };

export class View {
  constructor(canvas, world, { still }) {
    this.world = world;
    this.still = still;
    const software = (this.software = isSoftware());
    this.renderer = new THREE.WebGLRenderer({ canvas, antialias: !software, powerPreference: "high-performance" });
    this.renderer.toneMapping = THREE.ACESFilmicToneMapping;
    this.renderer.toneMappingExposure = ROOM.exposure;
    this.renderer.shadowMap.enabled = true;
    this.renderer.shadowMap.type = software ? THREE.BasicShadowMap : THREE.PCFShadowMap;
    this.renderer.shadowMap.autoUpdate = false;
    this.ratio = software ? 1 : 4;
    this.most = Math.max(1, RATIOS.findLastIndex((ratio) => ratio <= Math.max(1, devicePixelRatio)));
    this.pinned = Number(new URLSearchParams(location.search).get("pixels")); // for pictures: draw so many, however slowly
    this.pace = 1 / 40;
    this.changedAt = 0;
    this.frames = 0;
    this.waiting = []; // for the next frame
    this.camera = new THREE.PerspectiveCamera(50, 1, 0.05, 30);
    this.rig = new THREE.Group(); // in VR the headset moves the camera in it
    this.rig.add(this.camera);
    world.stage.add(this.rig);
    world.camera = this.camera;
    this.at = new THREE.Vector3(0.1, 1.62, 3.5);
    this.to = new THREE.Vector3(0.15, 1.28, -1.6);
    this.sway = [0, 0];
    this.focus = null;
    this.wide = false;
    addEventListener("resize", () => this.fit());
    if (!still) addEventListener("pointermove", ({ clientX, clientY }) => (this.sway = [clientX / innerWidth - 0.5, clientY / innerHeight - 0.5]), { passive: true });
    this.fit(true);
  }

  get presenting() {
    return this.renderer.xr.isPresenting;
  }

  fit(jump = false) {
    this.renderer.setPixelRatio(this.pinned || RATIOS[Math.min(this.ratio, this.most)]);
    this.renderer.setSize(innerWidth, innerHeight, false);
    this.camera.aspect = innerWidth / innerHeight;
    this.#aim();
    if (jump) this.#move(1);
    this.camera.updateProjectionMatrix();
  }

  /** Look at one character, or at the whole room for null. */
  attend(character) {
    this.focus = character;
    this.#aim();
    if (this.still) this.#move(1);
  }

  /** Something is done by hand: hands and what they hold come into view, until it is over. */
  watch(on) {
    this.wide = on;
    this.#aim();
  }


  #aim() {
    const tall = this.camera.aspect < 0.8;
    this.mood = this.focus ? CLOSE : ROOM;
    document.body.toggleAttribute("data-close", Boolean(this.focus) && !this.wide && (!this.software || this.pinned > 0)); // blur is dear without a GPU
    if (!this.focus) {
      this.field = tall ? 72 : 50;
      this.wantAt = new THREE.Vector3(tall ? 0.2 : 0.1, 1.62, tall ? 3.9 : 3.5);
      this.wantTo = new THREE.Vector3(0.15, tall ? 1.0 : 1.28, -1.6);
      return;
    }
    const { root, body } = this.focus;
    const ahead = new THREE.Vector3(Math.sin(this.focus.home.yaw), 0, Math.cos(this.focus.home.yaw));
    const eyes = root.position.clone().setY(1.58 * body.height);
    this.field = tall ? 50 : NEAR_FIELD;
    this.wantAt = eyes.clone().addScaledVector(ahead, (tall ? 1.4 : 1.25) + (this.wide ? (tall ? 1.3 : 1) : 0)).add(new THREE.Vector3(0, 0.05, 0));
    // Captions and keys lie below, the log to the right: the face is set free of both.
    this.wantTo = eyes.clone().add(new THREE.Vector3(0, (tall ? -0.2 : -0.16) - (this.wide ? 0.2 : 0), 0));
    if (!tall) this.wantTo.addScaledVector(new THREE.Vector3(ahead.z, 0, -ahead.x), 0.1);
  }

  /** One frame; `step` is seconds since the last one. */
  draw(step) {
    if (!this.presenting) {
      if (this.focus?.path.length) this.#aim();
      this.#move(1 - Math.exp(-step * 2.6));
      this.#adapt(step);
    }
    this.renderer.shadowMap.needsUpdate = this.frames++ % SHADOW_EVERY === 0;
    this.renderer.render(this.world.stage, this.camera);
    for (const done of this.waiting.splice(0)) done();
  }

  /** Resolves when the next frame has been drawn. */
  drawn() {
    return new Promise((done) => this.waiting.push(done));
  }

  /** Without a GPU there is nobody to compile meanwhile. */
  async compile(root) {
    if (!this.software) await this.renderer.compileAsync(root, this.camera, this.world.stage);
  }

  /** Compile a model's shaders and hand it over by parts, out of sight, so that no frame has to wait for the whole of it. */
  async warm(root) {
    const parts = [];
    root.traverse((part) => part.isMesh && part.visible && parts.push(part));
    for (const part of parts) part.visible = false;
    root.position.y -= UNDERGROUND;
    this.world.stage.add(root);
    await this.compile(root);
    let handed = 0;
    for (const part of parts) {
      if (part.morphTargetInfluences) handed += part.geometry.attributes.position.count;
      part.visible = true;
      if (handed > MORPHED) await this.drawn();
      if (handed > MORPHED) handed = 0;
    }
    root.position.y += UNDERGROUND;
    root.removeFromParent();
  }

  #move(part) {
    this.at.lerp(this.wantAt, part);
    this.to.lerp(this.wantTo, part);
    this.#light(part);
    const [x, y] = this.sway;
    this.camera.position.set(this.at.x + x * 0.12, this.at.y - y * 0.06, this.at.z);
    this.camera.lookAt(this.to);
    if (Math.abs(this.camera.fov - this.field) > 0.05) {
      this.camera.fov += (this.field - this.camera.fov) * part;
      this.camera.updateProjectionMatrix();
    }
  }

  /** In a talk a warm light falls on the face from one side, and what is behind sinks into the dusk. */
  #light(part) {
    const { key, stage } = this.world;
    if (!key) return; // the room is not there yet
    key.position.lerp(this.mood.from, part);
    key.intensity += (this.mood.key - key.intensity) * part;
    this.renderer.toneMappingExposure += (this.mood.exposure - this.renderer.toneMappingExposure) * part;
    stage.fog.near += (this.mood.near - stage.fog.near) * part;
    stage.fog.far += (this.mood.far - stage.fog.far) * part;
  }

  #adapt(step) {
    if (step > 1) return; // the page was away
    this.pace += (step - this.pace) * 0.08;
    if (this.world.seconds - this.changedAt < SETTLE) return;
    const next = this.pace > SLOW ? this.ratio - 1 : this.pace < FAST ? this.ratio + 1 : this.ratio;
    const ratio = Math.min(this.most, Math.max(0, next));
    if (ratio === this.ratio) return;
    this.ratio = ratio;
    this.changedAt = this.world.seconds;
    this.fit();
  }

  /** Where a point of the world is on the page: {x, y} in CSS pixels, or null behind the eye. */
  onPage(point) {
    const seen = point.clone().project(this.camera);
    return seen.z > 1 ? null : { x: ((seen.x + 1) / 2) * innerWidth, y: ((1 - seen.y) / 2) * innerHeight };
  }
}

/** Whether pixels are worked out by the CPU. */
function isSoftware() {
  const gl = document.createElement("canvas").getContext("webgl2");
  if (!gl) return false;
  const named = gl.getExtension("WEBGL_debug_renderer_info");
  const name = named ? gl.getParameter(named.UNMASKED_RENDERER_WEBGL) : "";
  gl.getExtension("WEBGL_lose_context")?.loseContext();
  return /swiftshader|llvmpipe|software/i.test(name);
}
