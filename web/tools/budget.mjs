// What a page loads before it is whole, and the largest thing that comes later, in kB (1000 bytes) after gzip.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const DIST = fileURLToPath(new URL("../../src/ldfleet/api/web", import.meta.url));
const BUDGET = { js: 260, css: 30, lazy: 100 };
// The fleet's page is the one that most people open, and the largest; its words come with it.
const PAGE = ["src/features/emulators/emulators-page.tsx", "src/i18n/en/emulators.json"];

const manifest = JSON.parse(readFileSync(join(DIST, "manifest.json"), "utf8"));
const html = readFileSync(join(DIST, "index.html"), "utf8");
const size = (file) => gzipSync(readFileSync(join(DIST, file)), { level: 9 }).length / 1000;

/** All chunks that are loaded with one. */
function loaded(key, seen = new Set()) {
  if (seen.has(key)) return seen;
  seen.add(key);
  for (const each of manifest[key].imports ?? []) loaded(each, seen);
  return seen;
}

const chunks = Object.keys(manifest).filter((key) => manifest[key].file.endsWith(".js"));
const entries = chunks.filter((key) => html.includes(manifest[key].file));
const first = new Set([...entries, ...PAGE].flatMap((key) => [...loaded(key)]));
const sum = (files) => [...new Set(files)].reduce((all, file) => all + size(file), 0);
const found = {
  js: sum([...first].map((key) => manifest[key].file)),
  css: sum([...first].flatMap((key) => manifest[key].css ?? [])),
  lazy: Math.max(0, ...chunks.filter((key) => !first.has(key)).map((key) => size(manifest[key].file))),
};
let over = entries.length === 0;
for (const [name, limit] of Object.entries(BUDGET)) {
  over ||= found[name] > limit;
  console.log(`web ${name}: ${found[name].toFixed(1)} of ${limit} kB`);
}
if (over) process.exit(1);
