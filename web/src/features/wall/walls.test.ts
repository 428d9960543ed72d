import { describe, expect, it } from "vitest";
import type { Counts } from "@/live/fleet-store";
import type { FleetWorkstation } from "@/live/rows";
import { shownOf } from "./walls";

const NONE: Counts = { stopped: 0, starting: 0, ready: 0, degraded: 0, frozen: 0, crashed: 0, quarantined: 0, unknown: 0 };
const place = (name: string, site: string): FleetWorkstation => ({ id: name, name, site, status: "online", seen: 1 });
const FARM = [place("pc-10", "berlin"), place("pc-2", "berlin"), place("pc-1", "wien"), place("empty", "berlin")];
const COUNTS: Record<string, Counts> = { "pc-10": { ...NONE, ready: 2, stopped: 1 }, "pc-2": { ...NONE, ready: 1, crashed: 1 }, "pc-1": { ...NONE, starting: 1 } };
const names = (search: Parameters<typeof shownOf>[2]) => shownOf(FARM, (id) => COUNTS[id] ?? NONE, search).map((each) => each.workstation.name);

describe("the walls that are shown", () => {
  it("are those with emulators, by site and by the numbers in their names", () => {
    expect(names({})).toEqual(["pc-2", "pc-10", "pc-1"]);
  });

  it("are found by a part of the name or of the site", () => {
    expect(names({ q: "PC-1" })).toEqual(["pc-10", "pc-1"]);
    expect(names({ q: "wie" })).toEqual(["pc-1"]);
  });

  it("can be those in trouble only", () => {
    expect(names({ troubled: true })).toEqual(["pc-2"]);
  });

  it("say how many run and how many are in trouble", () => {
    const [first] = shownOf(FARM, (id) => COUNTS[id] ?? NONE, {});
    expect(first).toMatchObject({ running: 1, total: 2, troubled: 1 });
  });
});
