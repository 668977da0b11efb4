// Night outside: rain behind the window and the open door, the wall and the gate of the city, a moonlit haze.

import * as THREE from "three";
import { box, boxes, chance, glow, group, mesh, tube } from "./shapes.js";

const DROPS = 420;

export function weather(map, light) {
  const rain = falling();
  const made = group([sky(), street(map), rain, glow(light, "#ffb45e", 0.9, [3.1, 1.9, -7.2], 0.9), glow(light, "#8fb0ff", 3.4, [1.6, 3.4, -8.6], 0.35)]);
  return { root: made, advance: (seconds) => (rain.material.uniforms.seconds.value = seconds) };
}

function sky() {
  const made = mesh(new THREE.PlaneGeometry(16, 9), new THREE.MeshBasicMaterial({ color: "#131c33" }), [2, 2.5, -9.4]);
  made.castShadow = made.receiveShadow = false;
  return made;
}

/** The East Gate at the end of the wet street. */
function street(map) {
  const random = chance(41);
  const stone = new THREE.MeshBasicMaterial({ color: "#1d2435" });
  const made = group([
    box([9, 0.04, 6.2], new THREE.MeshBasicMaterial({ color: "#182034" }), [2, -0.1, -6.2]),
    box([1.5, 3.6, 0.8], stone, [1.0, 1.7, -8.4]), box([1.6, 3.6, 0.8], stone, [3.8, 1.7, -8.4]), box([1.4, 1, 0.8], stone, [2.35, 3.2, -8.4]),
    tube(0.02, 0.02, 0.4, stone, [3.1, 2.15, -7.3], 6),
  ]);
  const merlons = [];
  for (let x = 0.4; x < 4.6; x += 0.46) merlons.push({ size: [0.26, 0.34 + random() * 0.05, 0.6], at: [x, 3.8, -8.4], colour: "#0a0e18" });
  made.add(boxes(merlons, map));
  made.traverse((part) => (part.castShadow = part.receiveShadow = false));
  return made;
}

/** Streaks that fall in the vertex shader: not a line of script per frame. */
function falling() {
  const random = chance(9);
  const position = new Float32Array(DROPS * 6);
  const end = new Float32Array(DROPS * 2);
  for (let n = 0; n < DROPS; n++) {
    const at = [random() * 6 - 0.6, random() * 4, -3.3 - random() * 3.6];
    position.set(at, n * 6);
    position.set(at, n * 6 + 3);
    end[n * 2 + 1] = 1;
  }
  const geometry = new THREE.BufferGeometry();
  geometry.setAttribute("position", new THREE.BufferAttribute(position, 3));
  geometry.setAttribute("end", new THREE.BufferAttribute(end, 1));
  const material = new THREE.ShaderMaterial({
    uniforms: { seconds: { value: 0 } },
    transparent: true,
    depthWrite: false,
    vertexShader: `
      uniform float seconds; attribute float end;
      void main() {
        vec3 p = position;
        p.y = mod(p.y - seconds * 6.5, 4.0) + end * 0.16;
        p.x += end * 0.012;
        gl_Position = projectionMatrix * modelViewMatrix * vec4(p, 1.0);
      }`,
    fragmentShader: "void main() { gl_FragColor = vec4(0.62, 0.72, 0.92, 0.34); }",
  });
  const made = new THREE.LineSegments(geometry, material);
  made.frustumCulled = false; // its box does not know how far the shader moves it
  return made;
}
