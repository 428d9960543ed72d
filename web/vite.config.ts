import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const TEXT = /\.(js|css|html|svg|json)$/;
const SMALL = 1024; // bytes; below it compressing gains nothing

/** Each chunk is a request more, and browsers make six at once: what always comes together is one. */
const CHUNKS = [
  { name: "first", tags: ["$initial" as const] },
  { name: "icons", test: /lucide-react/, minShareCount: 2 },
  { name: "shared", minShareCount: 16 },
];

/** Writes .br and .gz beside each text file, so that the server only has to send them. */
function precompressed(): Plugin {
  let folder = "";
  return {
    name: "precompressed",
    apply: "build",
    configResolved: (config) => void (folder = join(config.root, config.build.outDir)),
    closeBundle() {
      for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
        if (!TEXT.test(name)) continue;
        const path = join(folder, name);
        const whole = readFileSync(path);
        if (whole.length < SMALL) continue;
        writeFileSync(`${path}.gz`, gzipSync(whole, { level: 9 }));
        writeFileSync(`${path}.br`, brotliCompressSync(whole, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
      }
    },
  };
}

export default defineConfig({
  plugins: [react(), precompressed()],
  resolve: { alias: { "@": fileURLToPath(new URL("src", import.meta.url)) } },
  build: {
    outDir: "../src/ldfleet/api/web",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: "manifest.json",
    chunkSizeWarningLimit: 1000,
    rolldownOptions: { output: { codeSplitting: { groups: CHUNKS } } },
  },
  server: { proxy: { "/api": process.env.LDFLEET_URL ?? "http://127.0.0.1:8080" } },
  test: { environment: "happy-dom", include: ["src/**/*.test.{ts,tsx}", "tools/*.test.mjs"], restoreMocks: true },
});
