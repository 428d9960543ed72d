// What the first page loads, and the largest thing that comes later, in kB (1000 bytes) after gzip.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const DIST = fileURLToPath(new URL("../../src/ldfleet/api/web", import.meta.url));
const BUDGET = { js: 260, css: 30, lazy: 100 };

const manifest = JSON.parse(readFileSync(join(DIST, "manifest.json"), "utf8"));
const size = (file) => gzipSync(readFileSync(join(DIST, file)), { level: 9 }).length / 1000;

/** All chunks that are loaded before anything is drawn. */
function eager(key, seen = new Set()) {
  if (seen.has(key)) return seen;
  seen.add(key);
  for (const each of manifest[key].imports ?? []) eager(each, seen);
  return seen;
}

const first = eager("index.html");
const sum = (files) => [...new Set(files)].reduce((all, file) => all + size(file), 0);
const lazy = Object.keys(manifest).filter((key) => !first.has(key) && manifest[key].file.endsWith(".js"));
const found = {
  js: sum([...first].map((key) => manifest[key].file)),
  css: sum([...first].flatMap((key) => manifest[key].css ?? [])),
  lazy: Math.max(0, ...lazy.map((key) => size(manifest[key].file))),
};
let over = false;
for (const [name, limit] of Object.entries(BUDGET)) {
  over ||= found[name] > limit;
  console.log(`web ${name}: ${found[name].toFixed(1)} of ${limit} kB`);
}
if (over) process.exit(1);
