import { describe, expect, it } from "vitest";
import { words as en } from "@/i18n/en";
import { words as ru } from "@/i18n/ru";
import { words as zh } from "@/i18n/zh-CN";

type Tree = { [key: string]: Tree | string };
const LANGUAGES: Record<string, Tree> = { en, ru, "zh-CN": zh };
const CATEGORY = /_(zero|one|two|few|many|other)$/;

function leaves(tree: Tree, above = ""): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]) => (typeof value === "string" ? [[`${above}${key}`, value] as [string, string]] : leaves(value, `${above}${key}.`)));
}

const blanks = (text: string) => [...new Set(text.match(/\{\{\w+\}\}/g))].sort();

describe.each(Object.entries(LANGUAGES))("%s", (language, words) => {
  const mine = new Map(leaves(words));
  const english = new Map(leaves(en));

  it("has every key that English has, and no other", () => {
    const stems = (keys: Iterable<string>) => [...new Set([...keys].map((key) => key.replace(CATEGORY, "")))].sort();
    expect(stems(mine.keys())).toEqual(stems(english.keys()));
  });

  it("has every plural form of its language, and no other", () => {
    const wanted = [...new Intl.PluralRules(language).resolvedOptions().pluralCategories].sort();
    const plurals = new Set([...mine.keys()].filter((key) => CATEGORY.test(key)).map((key) => key.replace(CATEGORY, "")));
    expect(plurals.size).toBeGreaterThan(0);
    for (const stem of plurals) {
      const found = [...mine.keys()].filter((key) => key.replace(CATEGORY, "") === stem && key !== stem).map((key) => CATEGORY.exec(key)?.[1]).sort();
      expect([stem, found]).toEqual([stem, wanted]);
    }
  });

  it("fills in what English fills in", () => {
    for (const [key, text] of mine) {
      const source = english.get(key) ?? english.get(key.replace(CATEGORY, "_other")) ?? "";
      expect([key, blanks(text)]).toEqual([key, blanks(source)]);
    }
  });

  it("leaves nothing empty", () => {
    expect([...mine].filter(([key, text]) => text.trim() === "" && !key.endsWith(".hint"))).toEqual([]);
  });
});
