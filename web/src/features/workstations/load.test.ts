import { expect, it } from "vitest";
import { loadOf } from "./load";

const GIB = 1024 ** 3;
const load = { at: "2026-11-22T12:00:00Z", cpu_load: 12, memory: 64 * GIB, memory_free: 16 * GIB, disk_free: 114 * GIB };

it("tells memory in use, not memory free", () => {
  expect(loadOf({ status: "online", load })).toEqual({ cpu: 12, memory: 75, diskFree: 114 * GIB, tight: "calm" });
});

it.each([
  [19, "warn"],
  [9, "bad"],
] as const)("warns of %i GiB free: %s", (free, tight) => {
  expect(loadOf({ status: "online", load: { ...load, disk_free: free * GIB } }).tight).toBe(tight);
});

it.each(["unreachable", "auth_failed"] as const)("claims nothing of one that is %s", (status) => {
  expect(loadOf({ status, load })).toMatchObject({ cpu: null, memory: null, diskFree: null });
});
