import { expect, it } from "vitest";
import { failedOf, openOf, partsOf } from "./tally";

const batch = { total: 10, counts: { succeeded: 4, failed: 1, lost: 1, skipped: 1, running: 1, queued: 2 } };

it("counts what failed and what is not over", () => {
  expect(failedOf(batch)).toBe(2);
  expect(openOf(batch)).toBe(3);
});

it("makes a bar of what is over and under way, and leaves what waits empty", () => {
  expect(partsOf(batch)).toEqual([
    { of: "succeeded", share: 0.4 },
    { of: "failed", share: 0.2 },
    { of: "passed", share: 0.1 },
    { of: "running", share: 0.1 },
  ]);
});

it("has no bar of nothing", () => {
  expect(partsOf({ total: 0, counts: {} })).toEqual([]);
});
