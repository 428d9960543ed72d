import { expect, it } from "vitest";
import { ageOf, withAge } from "./ages";

it("changes how far back a filter looks, and nothing else of it", () => {
  expect(withAge("actor:anna at:<7d result:refused", "1h")).toBe("actor:anna result:refused at:<1h");
  expect(withAge("at:>3d", "any")).toBe("");
});

it("knows the usual lengths again", () => {
  expect([ageOf("actor:anna at:<24h"), ageOf("at:<3m"), ageOf("")]).toEqual(["24h", "any", "any"]);
});
