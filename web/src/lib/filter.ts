/** The filter language of docs/reference/filters.md, on this side of the wire. */

export type Operator = ":" | ">" | ">=" | "<" | "<=";

/** One word: `-status:ready,starting`. Without a field it is a part of the name. */
export interface Term {
  not: boolean;
  field: string | null;
  operator: Operator;
  values: readonly string[];
}

const WORD = /(-?)(?:([a-z_]+):)?((?:"(?:[^"]|"")*"|[^\s"])+)/gi;
const PIECE = /"((?:[^"]|"")*)"|[^",]+|(,)/g;
const OPERATOR = /^(>=|<=|>|<)/;

/** The terms of a filter; all of them have to hold. */
export function parseFilter(text: string): Term[] {
  const terms: Term[] = [];
  for (const [, minus, field, rest = ""] of text.matchAll(WORD)) {
    const operator = field === undefined ? null : OPERATOR.exec(rest);
    const values = alternatives(operator ? rest.slice(operator[0].length) : rest);
    if (values.length > 0) terms.push({ not: minus === "-", field: field?.toLowerCase() ?? null, operator: (operator?.[0] as Operator | undefined) ?? ":", values });
  }
  return terms;
}

function alternatives(text: string): string[] {
  const found: string[] = [""];
  for (const [piece, quoted, comma] of text.matchAll(PIECE)) {
    if (comma) found.push("");
    else found[found.length - 1] += quoted === undefined ? piece : quoted.replaceAll('""', '"');
  }
  return found.filter((each) => each !== "");
}

/** A value as it has to be written: in quotes where it holds spaces or signs. */
export function quoted(value: string): string {
  return /[\s,"]/.test(value) || value === "" ? `"${value.replaceAll('"', '""')}"` : value;
}

/** The filter with a field's condition replaced; no values: without it. */
export function withField(text: string, field: string, values: readonly string[]): string {
  const others = words(text).filter((word) => !word.toLowerCase().startsWith(`${field}:`));
  if (values.length > 0) others.push(`${field}:${values.map(quoted).join(",")}`);
  return others.join(" ");
}

/** What a filter says of a field, if it says one plain thing. */
export function valuesOf(text: string, field: string): readonly string[] {
  return parseFilter(text).find((term) => term.field === field && !term.not && term.operator === ":")?.values ?? [];
}

/** The words of a filter as they were typed. */
export function words(text: string): string[] {
  return [...text.matchAll(WORD)].map(([word]) => word);
}

/** What a field of a thing holds. Null is not known, and meets nothing. */
export type Known = string | number | boolean | readonly string[] | null | undefined;

export interface FieldOf<T> {
  of: (thing: T) => Known;
  /** A moment in seconds since 1970: compared by its age. */
  moment?: boolean;
}

/** A predicate of a filter. A field that is not among `fields` meets nothing. */
export function matcher<T>(text: string, fields: Readonly<Record<string, FieldOf<T>>>, name: (thing: T) => string, now: () => number): (thing: T) => boolean {
  const tests = parseFilter(text).map((term) => test(term, fields, name, now));
  if (tests.length === 0) return () => true;
  return (thing) => tests.every((each) => each(thing));
}

function test<T>({ not, field, operator, values }: Term, fields: Readonly<Record<string, FieldOf<T>>>, name: (thing: T) => string, now: () => number): (thing: T) => boolean {
  if (field === null) {
    const parts = values.map((value) => like(`*${value}*`));
    return (thing) => parts.some((part) => part(name(thing))) !== not;
  }
  const known = fields[field];
  if (known === undefined) return () => not;
  if (operator !== ":") {
    const limit = known.moment ? ageOf(values[0] ?? "") : Number(values[0]);
    return (thing) => {
      const held = known.of(thing);
      if (typeof held !== "number") return not;
      return compare(known.moment ? now() - held : held, operator, limit) !== not;
    };
  }
  const wanted = values.map(like);
  return (thing) => {
    const held = known.of(thing);
    if (held === null || held === undefined) return not;
    const texts = Array.isArray(held) ? held : [typeof held === "boolean" ? (held ? "yes" : "no") : String(held)];
    return texts.some((each) => wanted.some((one) => one(each))) !== not;
  };
}

function compare(held: number, operator: Operator, limit: number): boolean {
  switch (operator) {
    case ">":
      return held > limit;
    case ">=":
      return held >= limit;
    case "<":
      return held < limit;
    default:
      return held <= limit;
  }
}

const SECONDS: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

function ageOf(text: string): number {
  const found = /^(\d+(?:\.\d+)?)([smhdw])$/.exec(text);
  return found ? Number(found[1]) * (SECONDS[found[2] ?? "s"] ?? 1) : Number.NaN;
}

/** `*` stands for anything; case is ignored. */
function like(pattern: string): (text: string) => boolean {
  const wanted = pattern.toLowerCase();
  if (!wanted.includes("*")) return (text) => text.toLowerCase() === wanted;
  const parts = wanted.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const expression = new RegExp(`^${parts.join(".*")}$`, "s");
  return (text) => expression.test(text.toLowerCase());
}

/** Where the caret stands: the word to complete, and what could follow. */
export interface Completion {
  from: number;
  to: number;
  options: readonly string[];
}

/** What may be typed at the caret: names of fields, then their values. */
export function completions(text: string, caret: number, fields: Readonly<Record<string, readonly string[]>>, most = 8): Completion {
  const before = text.slice(0, caret);
  const from = Math.max(before.lastIndexOf(" ") + 1, 0);
  const word = before.slice(from).replace(/^-/, "");
  const start = caret - word.length;
  const colon = word.indexOf(":");
  if (colon < 0) {
    const options = Object.keys(fields).filter((name) => word !== "" && name.startsWith(word.toLowerCase())).map((name) => `${name}:`);
    return { from: start, to: caret, options: options.slice(0, most) };
  }
  const typed = word.slice(colon + 1);
  const last = typed.lastIndexOf(",") + 1;
  const part = typed.slice(last).replace(/^[<>]=?/, "").toLowerCase();
  const values = fields[word.slice(0, colon).toLowerCase()] ?? [];
  const options = values.filter((value) => value.toLowerCase().includes(part) && value.toLowerCase() !== part).map(quoted);
  return { from: start + colon + 1 + last, to: caret, options: options.slice(0, most) };
}
