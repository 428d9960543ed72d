import { describe, expect, it } from "vitest";
import { type FieldOf, completions, matcher, parseFilter, valuesOf, withField } from "@/lib/filter";

interface Thing {
  name: string;
  status: string;
  cpu: number | null;
  tags: readonly string[];
  seen: number;
  protected: boolean;
}

const FIELDS: Record<string, FieldOf<Thing>> = {
  status: { of: (thing) => thing.status },
  cpu: { of: (thing) => thing.cpu },
  tag: { of: (thing) => thing.tags },
  seen: { of: (thing) => thing.seen, moment: true },
  protected: { of: (thing) => thing.protected },
};
const NOW = 1_000_000;
const THING: Thing = { name: "farm-a-00007", status: "ready", cpu: 4, tags: ["qa", "spare parts"], seen: NOW - 120, protected: false };

const matches = (filter: string, changes: Partial<Thing> = {}) => matcher(filter, FIELDS, (thing) => thing.name, () => NOW)({ ...THING, ...changes });

describe("a filter", () => {
  it.each([
    "",
    "status:ready",
    "status:READY",
    "status:stopped,ready",
    "-status:stopped",
    "status:re*",
    "tag:qa status:ready",
    'tag:"spare parts"',
    "cpu:>2",
    "cpu:>=4",
    "cpu:<=4",
    "seen:<5m",
    "seen:>1m",
    "00007",
    "farm-a",
    "-farm-b",
    "protected:no",
  ])("lets %j through", (filter) => expect(matches(filter)).toBe(true));

  it.each(["status:stopped", "-status:ready", "tag:q", "cpu:>4", "cpu:<4", "seen:<1m", "farm-b", "-farm", "nonsense:1", "tag:qa status:stopped", "protected:yes"])("holds %j back", (filter) => expect(matches(filter)).toBe(false));

  it("meets nothing with what is not known", () => {
    expect(matches("cpu:>2", { cpu: null })).toBe(false);
    expect(matches("-cpu:>2", { cpu: null })).toBe(true);
  });

  it("reads quotes within quotes", () => {
    expect(parseFilter('notes:"say ""hi"", now"')).toEqual([{ not: false, field: "notes", operator: ":", values: ['say "hi", now'] }]);
  });
});

describe("a chip", () => {
  it("replaces what a filter says of its field and leaves the rest", () => {
    expect(withField("status:ready tag:qa cpu:>2", "status", ["stopped", "frozen"])).toBe("tag:qa cpu:>2 status:stopped,frozen");
    expect(withField("status:ready tag:qa", "status", [])).toBe("tag:qa");
    expect(withField("", "tag", ["spare parts"])).toBe('tag:"spare parts"');
  });

  it("knows what is chosen", () => {
    expect(valuesOf('tag:qa,"spare parts" -status:ready', "tag")).toEqual(["qa", "spare parts"]);
    expect(valuesOf("-status:ready", "status")).toEqual([]);
  });
});

describe("completion", () => {
  const fields = { status: ["ready", "stopped"], site: [], tag: ["spare parts"] };
  const at = (text: string) => completions(text, text.length, fields);

  it("offers fields, then their values", () => {
    expect(at("s").options).toEqual(["status:", "site:"]);
    expect(at("x -st").options).toEqual(["status:"]);
    expect(at("status:").options).toEqual(["ready", "stopped"]);
    expect(at("status:ready,sto")).toEqual({ from: 13, to: 16, options: ["stopped"] });
    expect(at("tag:sp").options).toEqual(['"spare parts"']);
    expect(at("").options).toEqual([]);
  });
});
