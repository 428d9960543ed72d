import { describe, expect, it } from "vitest";
import { bytes, count, level } from "@/lib/amounts";
import { csv } from "@/lib/csv";
import { refusedFields, ProblemError, problemOf } from "@/lib/problem";
import { EVERYTHING, NOTHING, holds, sizeOf, withIds } from "@/lib/selection";
import { parseSort, turned } from "@/lib/sorting";
import { ago, lasting, utc } from "@/lib/time";

describe("times", () => {
  it.each([
    [3, "3 sec. ago"],
    [90, "1 min. ago"],
    [7200, "2 hr. ago"],
    [200_000, "2 days ago"],
  ])("%d s is %s", (seconds, text) => expect(ago(seconds, "en")).toBe(text));

  it.each([
    [0.25, "0.25s"],
    [8.42, "8.4s"],
    [75, "1m 15s"],
    [3600, "1h"],
    [140_000, "1d 14h"],
  ])("%d s last %s", (seconds, text) => expect(lasting(seconds, "en")).toBe(text));

  it("are unmistakable in UTC", () => expect(utc("2026-11-30T10:00:00+02:00")).toBe("2026-11-30 08:00:00 UTC"));
});

describe("amounts", () => {
  it("are written as people write them there", () => {
    expect(count(12_345, "en")).toBe("12,345");
    expect(count(12_345, "ru")).toBe("12\u00a0345");
    expect(bytes(1536, "en")).toBe("1.5 kB");
  });

  it("alarm from 80 and from 92", () => expect([79.9, 80, 91.9, 92].map(level)).toEqual(["calm", "warn", "warn", "bad"]));
});

describe("a CSV", () => {
  it("quotes what it has to, and is no formula", () => {
    expect(csv(["name", "n"], [['a "b", c', 1], ["=HYPERLINK()", null], ["-x", -5]])).toBe('\uFEFFname,n\r\n"a ""b"", c",1\r\n\'=HYPERLINK(),\r\n\'-x,-5\r\n');
  });
});

describe("a selection", () => {
  it("of all that match is without those taken out", () => {
    const all = withIds(EVERYTHING, ["a"], false);
    expect([holds(all, "a"), holds(all, "b"), sizeOf(all, 10), sizeOf(all, null)]).toEqual([false, true, 9, null]);
  });

  it("of some is these", () => {
    const some = withIds(withIds(NOTHING, ["a", "b"], true), ["a"], false);
    expect([holds(some, "a"), holds(some, "b"), sizeOf(some, null)]).toEqual([false, true, 1]);
  });
});

describe("a sort", () => {
  it("is turned up, down, and off", () => {
    expect([turned(undefined, "name"), turned("name", "name"), turned("-name", "name"), turned("-name", "cpu")]).toEqual(["name", "-name", undefined, "cpu"]);
    expect(parseSort("-status,name")).toEqual({ field: "status", descending: true });
  });
});

describe("a refusal", () => {
  it("names the fields it is about", () => {
    const refused = new ProblemError(problemOf(422, { code: "request_invalid", errors: [{ pointer: "/limits/boots", detail: "too many" }] }));
    expect(refusedFields(refused)).toEqual({ "limits.boots": "too many" });
    const one = new ProblemError(problemOf(422, { code: "field_invalid", field: "name", reason: "it is taken" }));
    expect(refusedFields(one)).toEqual({ name: "it is taken" });
  });

  it("is told too where a proxy answered", () => {
    expect(problemOf(502, "<html>").retryable).toBe(true);
  });
});
