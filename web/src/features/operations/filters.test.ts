import { expect, it } from "vitest";
import { stageOf, withStage } from "./filters";

it("finds the usual question in a filter, whatever else it asks", () => {
  expect(stageOf("")).toBe("all");
  expect(stageOf("verb:launch status:running,queued,cancelling")).toBe("open");
  expect(stageOf("status:failed")).toBe("other");
});

it.each(["all", "open", "failed", "done"] as const)("asks %s and keeps the rest", (stage) => {
  const filter = withStage("ws:pc-01 status:queued", stage);

  expect(stageOf(filter)).toBe(stage);
  expect(filter).toContain("ws:pc-01");
});
