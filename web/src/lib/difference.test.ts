import { describe, expect, it } from "vitest";
import { differences } from "@/lib/difference";

describe("what differs", () => {
  it("stands field by field, with both sides", () => {
    expect(differences({ role: "viewer", enabled: true }, { role: "operator", enabled: false })).toEqual([
      { field: "role", before: "viewer", after: "operator" },
      { field: "enabled", before: "true", after: "false" },
    ]);
  });

  it("has one side where a thing was made or removed", () => {
    expect(differences(null, { tags: ["qa"] })).toEqual([{ field: "tags", before: null, after: '["qa"]' }]);
    expect(differences({ name: "one" }, null)).toEqual([{ field: "name", before: "one", after: null }]);
  });

  it("is nothing where nothing is told", () => {
    expect(differences(null, undefined)).toEqual([]);
  });
});
