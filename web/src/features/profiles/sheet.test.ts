import { describe, expect, it } from "vitest";
import { hardwareOf, profileOf, sheetOf } from "./sheet";

const blank = { android_id: null, auto_rotate: null, cpu: null, imei: null, imsi: null, lock_window: null, mac: null, manufacturer: null, memory_mib: null, model: null, phone_number: null, root: null, screen: null, sim_serial: null };
const profile = {
  name: "phone",
  notes: "",
  tags: ["qa"],
  settings: { ...blank, cpu: 2, memory_mib: 3072, root: false, imei: "auto", screen: { width: 720, height: 1280, dpi: 320 } },
  identity: { imei: "new" as const },
  apps: [
    { package: "com.example.app", file: null },
    { package: null, file: String.raw`D:\apps\game.apk` },
  ],
};

describe("a profile", () => {
  it("is the same again after it was opened and kept", () => {
    expect(profileOf(sheetOf(profile))).toEqual({
      name: "phone",
      notes: "",
      tags: ["qa"],
      settings: { cpu: 2, memory_mib: 3072, root: false, imei: "auto", screen: { width: 720, height: 1280, dpi: 320 } },
      identity: { imei: "new" },
      apps: [{ package: "com.example.app" }, { file: String.raw`D:\apps\game.apk` }],
    });
  });

  it("sets nothing that was left blank", () => {
    expect(profileOf({ ...sheetOf(null), name: "plain" })).toEqual({ name: "plain", notes: "", tags: [], settings: {}, identity: {}, apps: [] });
  });

  it("tells its hardware in a few words", () => {
    expect(hardwareOf(profile.settings)).toEqual(["720×1280 · 320", "2 CPU", "3072 MiB"]);
    expect(hardwareOf(blank)).toEqual([]);
  });
});
