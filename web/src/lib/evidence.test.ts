import { describe, expect, it } from "vitest";
import { evidenceOf } from "@/lib/evidence";

describe("evidence of a problem", () => {
  it("is the reason that the workstation was not reached", () => {
    const told = { code: "workstation_unreachable", reason: "No route to host.", last_seen: null };
    expect(evidenceOf(told)).toEqual({ is: "reason", reason: "No route to host.", code: "workstation_unreachable", lastSeen: null });
  });

  it("is how much is free on each short drive", () => {
    expect(evidenceOf({ free_gib: { C: 3, D: 0 } })).toEqual({ is: "disks", disks: [{ letter: "C", freeGib: 3 }, { letter: "D", freeGib: 0 }] });
  });

  it("counts all emulators, also those that are not named", () => {
    expect(evidenceOf({ count: 40, emulators: [{ id: "em_1", name: "one" }] })).toEqual({ is: "emulators", count: 40, named: [{ id: "em_1", name: "one" }] });
  });

  it("is nothing where a newer server tells what this page does not know", () => {
    expect(evidenceOf({ colour: "red" })).toEqual({ is: "nothing" });
    expect(evidenceOf({})).toEqual({ is: "nothing" });
  });
});
