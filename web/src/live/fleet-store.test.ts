import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Change } from "@/api/types";
import { FleetStore } from "@/live/fleet-store";
import { type FleetRow, type FleetWorkstation, rowsOf } from "@/live/rows";
import { aRow, changed } from "@/live/testing";

const WORKSTATION: FleetWorkstation = { id: "ws_1", name: "pc-01", status: "online", site: "default", seen: 1000 };
let store: FleetStore;

beforeEach(() => {
  vi.useFakeTimers();
  store = new FleetStore();
  store.replace([aRow("em_1"), aRow("em_2", { status: "stopped", power: "stopped" })], [WORKSTATION]);
});

const flush = () => vi.advanceTimersByTime(100);

describe("the fleet", () => {
  it("counts without looking at all rows", () => {
    store.push([changed(aRow("em_1", { status: "degraded" })), changed(aRow("em_3"))]);
    flush();

    expect(store.counts.get()).toMatchObject({ ready: 1, stopped: 1, degraded: 1 });
    expect(store.countsOf("ws_1")).toMatchObject({ ready: 1, stopped: 1, degraded: 1 });
    expect(store.size.get()).toBe(3);
  });

  it("tells only who shows the row that changed, once for many changes", () => {
    const one = vi.fn();
    const other = vi.fn();
    store.subscribe("em_1", one);
    store.subscribe("em_2", other);

    store.push([changed(aRow("em_1", { status: "starting" }))]);
    store.push([changed(aRow("em_1", { status: "ready", trouble: "ADB is off" }))]);
    flush();

    expect(one).toHaveBeenCalledTimes(1);
    expect(other).not.toHaveBeenCalled();
    expect(store.get("em_1")?.trouble).toBe("ADB is off");
  });

  it("replaces rows and never changes them", () => {
    const before = store.get("em_1") as FleetRow;

    store.push([changed({ ...before, status: "frozen" })]);
    flush();

    expect(before.status).toBe("ready");
    expect(store.get("em_1")).not.toBe(before);
  });

  it("leaves the emulators of a lost workstation unknown, with what was known of them", () => {
    store.push([workstationChanged("unreachable")]);
    flush();

    expect(store.get("em_1")).toMatchObject({ status: "unknown", current: false, power: "unknown", since: 1000 });
    expect(store.counts.get()).toMatchObject({ unknown: 2, ready: 0, stopped: 0 });
    expect(store.workstation("ws_1")).toMatchObject({ status: "unreachable", seen: 1000 });
  });

  it("forgets what was removed", () => {
    store.push([{ ...changed(aRow("em_2")), type: "emulator.removed" }]);
    flush();

    expect(store.get("em_2")).toBeUndefined();
    expect(store.size.get()).toBe(1);
    expect(store.counts.get().stopped).toBe(0);
  });

  it("keeps the object of a row that a new snapshot does not change", () => {
    const before = store.get("em_1");
    const told = vi.fn();
    store.subscribe("em_1", told);

    store.replace([aRow("em_1"), aRow("em_9")], [WORKSTATION]);

    expect(store.get("em_1")).toBe(before);
    expect(told).not.toHaveBeenCalled();
    expect(store.size.get()).toBe(2);
  });

  it("remembers what an emulator out of sight was doing", () => {
    store.push([workstationChanged("unreachable"), changed(aRow("em_1", { status: "unknown", power: "unknown", current: false, version: 2 }))]);
    flush();

    expect(store.get("em_1")).toMatchObject({ power: "unknown", lastPower: "running", current: false });
  });

  it("knows who is in trouble, and forgets who is no more", () => {
    store.push([changed(aRow("em_1", { status: "frozen" }))]);
    flush();
    expect(store.troubled().map((row) => row.id)).toEqual(["em_1"]);

    store.push([changed(aRow("em_1", { status: "ready", version: 2 }))]);
    flush();
    expect(store.troubled()).toEqual([]);
  });

  it("waits longer while nobody looks", () => {
    const told = vi.fn();
    store.subscribe("em_1", told);
    vi.spyOn(document, "hidden", "get").mockReturnValue(true);

    store.push([changed(aRow("em_1", { status: "frozen" }))]);
    vi.advanceTimersByTime(900);
    expect(told).not.toHaveBeenCalled();
    vi.advanceTimersByTime(100);
    expect(told).toHaveBeenCalledTimes(1);
  });
});

function workstationChanged(status: string): Change {
  return { id: "e.1", type: "workstation.changed", subject: "ws_1", at: "2026-11-30T00:00:00Z", data: { name: "pc-01", status, site: "default" } };
}

describe("a snapshot", () => {
  it("is read by its columns", () => {
    const coded = <T>(value: T) => ({ values: [value], codes: [0] });
    const rows = rowsOf({
      position: "a.1",
      count: 1,
      emulators: { id: ["em_1"], name: ["farm"], status: coded("ready" as const), power: coded("unknown" as const), last_power: coded("running" as const), android: coded("ready" as const), adb: coded("ready" as const), workstation_id: coded("ws_1"), install: coded("C:\\LDPlayer"), index: [3], tags: coded(["qa"]), cpu: [2], memory_mib: [null], protected: [false], current: [true], since: [5], observed: [6], trouble: coded(null), version: [1] },
      workstations: { id: [], name: [], status: [], site: [], seen: [] },
    });

    expect(rows).toEqual([{ id: "em_1", name: "farm", status: "ready", power: "unknown", lastPower: "running", android: "ready", adb: "ready", workstationId: "ws_1", install: "C:\\LDPlayer", index: 3, tags: ["qa"], cpu: 2, memoryMib: null, protected: false, current: true, since: 5, observed: 6, trouble: null, version: 1 }]);
  });
});
