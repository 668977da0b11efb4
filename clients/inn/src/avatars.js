// Heads: those that belong to the characters, and whatever file the player drops on the page.

import { headOf, loader } from "./head.js";

const LARGEST = 64 * 2 ** 20; // bytes; what is larger is no avatar, and a phone could not hold it

/** The head that is made for a character, or null where there is none; `lean` as for headOf. */
export async function ownHead(id, { lean }) {
  try {
    const reply = await fetch(`/head/${encodeURIComponent(id)}.glb`);
    return reply.ok ? headOf((await parse(await reply.arrayBuffer())).scene, { lean }) : null;
  } catch (error) {
    console.warn(`no head for ${id}: ${error.message}`);
    return null;
  }
}

/** An avatar from a file of the player's. Throws an Error whose message is a sentence for the player. */
export async function dropped(file, { lean }) {
  const kind = file.name.split(".").pop().toLowerCase();
  if (!["glb", "vrm"].includes(kind)) throw new Error(`“${file.name}” is neither a .glb nor a .vrm file.`);
  if (file.size > LARGEST) throw new Error(`“${file.name}” is larger than ${LARGEST / 2 ** 20} MB.`);
  const bytes = await file.arrayBuffer();
  if (kind === "vrm") return (await import("./vrm.js")).vrmOf(bytes);
  return headOf((await parse(bytes)).scene, { lean });
}

async function parse(bytes) {
  try {
    return await loader.parseAsync(bytes, "");
  } catch (error) {
    throw new Error(`It could not be read as glTF: ${error.message}`);
  }
}
