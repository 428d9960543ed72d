import { beforeEach, describe, expect, it } from "vitest";
import { fleet } from "@/live/fleet-store";
import { aRow } from "@/live/testing";
import { fitting, template } from "./fitting";
import { UNTOUCHED, changesOf, draftOf, missingOf, settingsOf } from "./settings";
import { GIVEN_NOTHING, askOf, asksBack, paramsOf, policyOf } from "./verbs";
import { isLocal, viewOf } from "./view";

describe("a filter is answered by the page", () => {
  it.each(["", "farm-a", "status:ready,frozen", "-tag:qa ws:pc-0*", "cpu:>2 memory:2048", "since:<5m", "protected:yes", "site:lab status:s*"])("when it is %j", (filter) => expect(isLocal(filter)).toBe(true));

  it.each(["notes:x", "seen:<5m", "created:>2026-11-01", "since:>2026-11-01", "status:running", "cpu:>many", "protected:perhaps", "name:>a"])("by the server when it is %j", (filter) => expect(isLocal(filter)).toBe(false));
});

describe("a view of the fleet", () => {
  beforeEach(() => {
    const at = (id: string, name: string) => ({ id, name, status: "online" as const, site: id === "ws_1" ? "riga" : "lab", seen: 1 });
    fleet.replace(
      [aRow("em_1", { name: "b", index: 1 }), aRow("em_2", { name: "a", index: 0, status: "stopped", cpu: null }), aRow("em_3", { name: "c", workstationId: "ws_2", status: "crashed", cpu: 4, tags: ["qa"] })],
      [at("ws_1", "pc-2"), at("ws_2", "pc-1")],
    );
  });

  function ids(filter: string, sort?: string, known: ReadonlySet<string> | null = null): string[] {
    const view = viewOf(filter, sort, known);
    return [...fleet.rows()].filter(view.matches).sort(view.compare).map((row) => row.id);
  }

  it("has the server's order: workstation, folder, index", () => expect(ids("")).toEqual(["em_3", "em_2", "em_1"]));
  it("sorts both ways, with what is not known last", () => {
    expect(ids("", "name")).toEqual(["em_2", "em_1", "em_3"]);
    expect(ids("", "cpu")).toEqual(["em_1", "em_3", "em_2"]);
    expect(ids("", "-cpu")).toEqual(["em_3", "em_1", "em_2"]);
  });
  it("puts first what needs a person", () => expect(ids("", "status")).toEqual(["em_3", "em_1", "em_2"]));
  it("knows the workstation's name, site and aliases", () => {
    expect(ids("ws:pc-1")).toEqual(["em_3"]);
    expect(ids("site:riga")).toEqual(["em_2", "em_1"]);
    expect(ids("cores:>=2 -tags:qa")).toEqual(["em_1"]);
  });
  it("takes the server's word for what it can't tell", () => {
    expect(ids("notes:x", undefined, new Set(["em_2"]))).toEqual(["em_2"]);
    expect(ids("notes:x")).toEqual([]);
  });
  it("is ordered anew only for what it speaks of", () => {
    expect([...viewOf("status:ready", "name", null).depends].sort()).toEqual(["name", "status"]);
    expect([...viewOf("", undefined, null).depends].sort()).toEqual(["index", "install", "workstationId"]);
  });
});

describe("columns", () => {
  const column = (id: string, min: number, leaves: number, grow = 0) => ({ id, min, grow, leaves });
  const all = [column("state", 100, 0), column("name", 100, 0, 1), column("ram", 100, 2), column("cpu", 100, 1)];

  it.each([
    [400, ["state", "name", "ram", "cpu"]],
    [399, ["state", "name", "cpu"]],
    [250, ["state", "name"]],
    [50, ["state", "name"]],
  ])("in %d pixels are %j", (width, ids) => expect(fitting(all, width).map(({ id }) => id)).toEqual(ids));

  it("share what is left", () => expect(template(all.slice(0, 2))).toBe("100px minmax(100px, 1fr)"));
});

describe("settings", () => {
  const config = { emulator_id: "em_1", read: true, hash: "h", screen: { width: 1600, height: 900, dpi: 240 }, cpu: 2, memory_mib: null, adb_debug: 1, device_ids: { imei: "867530012345678", android_id: null, mac: null }, current: true, read_at: "2026-11-30T00:00:00Z", seen_at: "2026-11-30T00:00:00Z" };
  const known = draftOf(config);

  it("are changed only where they differ from what is known", () => {
    const draft = { ...known, cpu: "4", height: "900", model: " SM-G973F ", memory_mib: "4096", imei: "" };
    expect(changesOf(known, draft)).toEqual([
      { field: "cpu", from: "2", to: "4" },
      { field: "memory_mib", from: null, to: "4096" },
      { field: "model", from: null, to: "SM-G973F" },
    ]);
    expect(settingsOf(known, draft)).toEqual({ cpu: 4, memory_mib: 4096, model: "SM-G973F" });
  });

  it("send a screen whole, and flags as such", () => {
    expect(settingsOf(known, { ...known, dpi: "320", root: "no", mac: "auto" })).toEqual({ screen: { width: 1600, height: 900, dpi: 320 }, root: false, mac: "auto" });
  });

  it("miss what a screen needs", () => {
    expect(missingOf(UNTOUCHED, { ...UNTOUCHED, width: "1280" })).toEqual(["height", "dpi"]);
    expect(missingOf(known, { ...known, width: "1280" })).toEqual([]);
  });
});

describe("an asking", () => {
  it("is asked back when it hurts", () => {
    expect([asksBack(askOf("launch"), 10), asksBack(askOf("quit"), 11), asksBack(askOf("remove"), 1)]).toEqual([false, true, true]);
  });
  it("waits for what it wants", () => {
    expect(paramsOf("package", GIVEN_NOTHING)).toBeNull();
    expect(paramsOf("app", { ...GIVEN_NOTHING, package: "a.b", file: "C:\\a.apk" })).toEqual({ file: "C:\\a.apk" });
    expect(paramsOf("clone", GIVEN_NOTHING)).toEqual({ new_ids: true, stop_source: false });
    expect(paramsOf("settings", { ...GIVEN_NOTHING, settings: {} })).toBeNull();
  });
  it("is rolled out as it is written", () => {
    expect(policyOf({ waves: "1, 5 25%", pauseSeconds: "60", stopOn: "10%" })).toEqual({ waves: ["1", "5", "25%"], pause_s: 60, stop_on_failures: "10%" });
  });
});
