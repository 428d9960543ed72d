import { expect, it } from "vitest";
import type { Counts } from "@/live/fleet-store";
import type { FleetWorkstation } from "@/live/rows";
import { cellOf, sitesOf } from "./heat";
import { newest } from "./newest";

const counts: Counts = { stopped: 5, starting: 0, ready: 5, degraded: 0, frozen: 0, crashed: 0, quarantined: 0, unknown: 0 };
const place = (over: Partial<FleetWorkstation> = {}): FleetWorkstation => ({ id: "ws_1", name: "pc-1", status: "online", site: "riga", seen: 1, ...over });

it("shades a workstation by how much of it runs", () => {
  expect(cellOf(place(), counts)).toMatchObject({ look: "shade", shade: 50, running: 5, total: 10, troubled: 0 });
  expect(cellOf(place(), { ...counts, ready: 0, stopped: 0 })).toMatchObject({ shade: 0, total: 0 });
});

it("is red from three emulators in trouble on", () => {
  expect(cellOf(place(), { ...counts, frozen: 2 }).look).toBe("shade");
  expect(cellOf(place(), { ...counts, frozen: 2, crashed: 1 })).toMatchObject({ look: "bad", troubled: 3 });
});

it("is hatched while nothing can be known of it, whatever was last seen", () => {
  expect(cellOf(place({ status: "unreachable" }), { ...counts, crashed: 9 }).look).toBe("hatched");
  expect(cellOf(place({ status: "auth_failed" }), counts).look).toBe("hatched");
});

it("stands with its site, in the order people count", () => {
  const cells = ["pc-10", "pc-9"].map((name) => cellOf(place({ id: name, name }), counts));
  const other = cellOf(place({ id: "x", name: "x", site: "almaty" }), counts);
  expect(sitesOf([...cells, other]).map(({ site, cells }) => [site, cells.map((each) => each.name)])).toEqual([["almaty", ["x"]], ["riga", ["pc-9", "pc-10"]]]);
});

it("names the latest troubles first, and no more than there is room for", () => {
  const rows = [3, 9, 5].map((since) => ({ id: String(since), since })) as unknown as Parameters<typeof newest>[0];
  expect(newest(rows, 2).map((each) => each.id)).toEqual(["9", "5"]);
  expect(newest(rows, -1)).toEqual([]);
});
