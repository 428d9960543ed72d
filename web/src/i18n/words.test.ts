import { describe, expect, it } from "vitest";
import { words as en } from "@/i18n/en";
import { words as ru } from "@/i18n/ru";
import { words as zh } from "@/i18n/zh-CN";

import { SHELL } from "@/i18n";

const SOURCES = import.meta.glob<string>("/src/**/*.{ts,tsx}", { query: "?raw", import: "default", eager: true });
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

describe("words that a place speaks", () => {
  const spoken = (text: string) => [...text.matchAll(/useTranslation\("(\w+)"\)/g)].map(([, name = ""]) => name);
  const places = Object.entries(SOURCES).map(([path, text]) => ({ place: /^\/src\/(features\/[^/]+|[^/]+)\//.exec(path)?.[1] ?? "", path, text }));

  it.each([...new Set(places.map(({ place }) => place))].filter((place) => place.startsWith("features/")))("%s fetches its own with its pages", (place) => {
    const mine = places.filter((each) => each.place === place);
    const pages = mine.flatMap(({ text }) => [...text.matchAll(/lazyPage\((.*)\)/g)].map(([, given = ""]) => given));
    const wanted = [...new Set(mine.flatMap(({ text }) => spoken(text)))].filter((name) => !(name in SHELL));
    expect(pages.length).toBeGreaterThan(0);
    for (const page of pages) for (const name of wanted) expect(page).toContain(`"${name}"`);
  });

  it.each(["nouns", "ui", "live", "routing"])("%s has only those of the shell", (place) => {
    for (const { path, text } of places.filter((each) => each.place === place)) expect([path, spoken(text).filter((name) => !(name in SHELL))]).toEqual([path, []]);
  });
});
