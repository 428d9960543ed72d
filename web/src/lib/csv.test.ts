import { expect, it } from "vitest";
import { csv, parseCsv } from "@/lib/csv";

it("reads back what it wrote, quotes, commas and lines within cells too", () => {
  const text = csv(["name", "notes"], [["pc-01", 'says "hi", twice\nand more'], ["pc-02", ""]]);

  expect(parseCsv(text)).toEqual({
    head: ["name", "notes"],
    rows: [
      { name: "pc-01", notes: 'says "hi", twice\nand more' },
      { name: "pc-02", notes: "" },
    ],
  });
});

it("reads semicolons, blank lines, and heads in any case", () => {
  expect(parseCsv("Name;Host\r\n\r\npc-01 ; 10.0.0.5\r\n").rows).toEqual([{ name: "pc-01", host: "10.0.0.5" }]);
});

it("reads nothing out of nothing", () => {
  expect(parseCsv("")).toEqual({ head: [], rows: [] });
});
