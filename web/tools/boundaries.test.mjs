// The boundary lint is law only as long as it catches what it forbids.
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { afterEach, expect, it } from "vitest";

const PLANTED = "planted-violation";
const TRIALS = [
  ["src/features/overview", 'import { routes } from "@/features/signing";\nexport const planted = routes;\n'],
  ["src/features/overview", 'import { FEATURES } from "@/app/features";\nexport const planted = FEATURES;\n'],
  ["src/features/overview", 'import { routes } from "../signing/index";\nexport const planted = routes;\n'],
  ["src/ui", 'import { api } from "@/api/client";\nexport const planted = api;\n'],
  ["src/lib", 'import { useState } from "react";\nexport const planted = useState;\n'],
  ["src/api", 'import { fleet } from "@/live/fleet-store";\nexport const planted = fleet;\n'],
  ["src/live", 'import { panelSlot } from "@/ui/side-panel";\nexport const planted = panelSlot;\n'],
  ["src/routing", 'import { fleet } from "@/live/fleet-store";\nexport const planted = fleet;\n'],
  ["src/nouns", 'import { routes } from "@/features/overview";\nexport const planted = routes;\n'],
  ["src/ui", 'import { useEmulatorName } from "@/nouns/names";\nexport const planted = useEmulatorName;\n'],
  ["src/i18n", 'import { api } from "@/api/client";\nexport const planted = api;\n'],
];

let planted = "";
afterEach(() => rmSync(planted, { force: true }));

it.each(TRIALS)("what is planted in %s is caught: %s", (folder, text) => {
  mkdirSync(folder, { recursive: true });
  planted = `${folder}/${PLANTED}.ts`;
  writeFileSync(planted, text);

  const done = spawnSync("node_modules/.bin/oxlint", [planted], { encoding: "utf8" });

  expect(done.status).toBe(1);
  expect(done.stdout).toContain("no-restricted-imports");
});
