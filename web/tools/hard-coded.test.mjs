// Every word that a person reads comes from i18n/, but for names and signs that no language changes.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { expect, it } from "vitest";

const READ = new Set(["label", "title", "placeholder", "description", "aria-label", "alt", "head", "text", "nothingFoundMessage"]);
const NAMES = /^(ldfleet|LDPlayer|Ctrl K)$/;
const EXAMPLE = /^(\S*[\d.:\\]\S*|-----.*-----)$/; // pc-01, com.example.app, a key's first line
const WORD = /\p{L}{2,}/u;

/** Words that stand in the code itself, as "line: word". */
function hardCoded(name, text) {
  const file = ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
  const found = [];
  const say = (node, words) => WORD.test(words) && !NAMES.test(words.trim()) && !EXAMPLE.test(words.trim()) && found.push(`${name}:${file.getLineAndCharacterOfPosition(node.getStart()).line + 1}: ${words.trim()}`);
  const visit = (node) => {
    if (ts.isJsxText(node)) say(node, node.text);
    else if (ts.isJsxAttribute(node) && READ.has(node.name.getText()) && node.initializer !== undefined && ts.isStringLiteral(node.initializer)) say(node, node.initializer.text);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

it("there are no words in the components", () => {
  const files = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".tsx"));
  expect(files.length).toBeGreaterThan(100);
  expect(files.flatMap((name) => hardCoded(name, readFileSync(join("src", name), "utf8")))).toEqual([]);
});

it("finds what is planted", () => {
  expect(hardCoded("planted.tsx", "const a = <b title=\"Some words\">More words {t(\"fine\")}</b>;")).toEqual(["planted.tsx:1: Some words", "planted.tsx:1: More words"]);
});
