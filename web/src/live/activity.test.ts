import { expect, it } from "vitest";
import { NOTHING_YET, withMoment } from "@/live/activity";
import type { Counts } from "@/live/fleet-store";

const counts: Counts = { stopped: 4, starting: 2, ready: 3, degraded: 1, frozen: 1, crashed: 0, quarantined: 1, unknown: 5 };

it("notes what runs, what starts and what is in trouble", () => {
  expect(withMoment(NOTHING_YET, 100, counts)).toEqual({ times: [100], ready: [3], starting: [2], troubled: [3] });
});

it("keeps the latest moments only", () => {
  const later = [1, 2, 3].reduce((known, at) => withMoment(known, at, { ...counts, ready: at }, 2), NOTHING_YET);
  expect(later.times).toEqual([2, 3]);
  expect(later.ready).toEqual([2, 3]);
});
