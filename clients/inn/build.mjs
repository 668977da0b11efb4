// Bundles the page into assets/inn: `npm install --no-package-lock && node build.mjs` (`--watch` while working on it).

import { createHash } from "node:crypto";
import { cp, mkdir, readdir, readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import esbuild from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "../../assets/inn");

/** Stands at the head of the bundle, so that a test can tell a stale one without rebuilding it. */
async function fingerprint() {
  const hash = createHash("sha256");
  for (const name of (await readdir(join(here, "src"))).sort()) hash.update(await readFile(join(here, "src", name)));
  return hash.digest("hex").slice(0, 16);
}

const options = {
  entryPoints: { inn: join(here, "src/main.js"), place: join(here, "src/place.js") },
  outdir: out,
  bundle: true,
  format: "esm",
  splitting: true, // avatars in VRM are rare: their loader is fetched when one is dropped
  chunkNames: "[name]-[hash]",
  minify: true,
  target: "es2022",
  legalComments: "inline", // three.js asks for its notice to be kept
  external: ["/client/*"], // served next to this page, shared with the other one
  banner: { js: `/* Townsfolk, sources ${await fingerprint()} */` },
};

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
for (const name of ["index.html", "style.css"]) await cp(join(here, "public", name), join(out, name));
if (process.argv.includes("--watch")) await (await esbuild.context(options)).watch();
else {
  const { metafile } = await esbuild.build({ ...options, metafile: true });
  for (const [file, { bytes }] of Object.entries(metafile.outputs)) console.log(`${file.split("/").pop()} ${bytes} bytes`);
}
