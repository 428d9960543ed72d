/** What the search of an address may hold is read here: nonsense in it becomes nothing, never an error. */
type Given = Record<string, unknown>;

/** Search without what is empty, so that addresses stay short. */
function present<T extends Given>(search: T): Partial<T> {
  const held = Object.entries(search).filter(([, value]) => value !== undefined && value !== "" && value !== false);
  return Object.fromEntries(held) as Partial<T>;
}

export function text(given: Given, name: string): string | undefined {
  const value = given[name];
  return typeof value === "string" && value !== "" ? value : typeof value === "number" ? String(value) : undefined;
}

export function flag(given: Given, name: string): boolean | undefined {
  return given[name] === true || given[name] === "true" || undefined;
}

export function choice<T extends string>(given: Given, name: string, choices: readonly T[]): T | undefined {
  return choices.find((each) => each === given[name]);
}

/** The search that every list page has: its filter (docs/reference/filters.md), its order, the open thing. */
export interface ListSearch {
  q?: string;
  sort?: string;
  open?: string;
}

export function listSearch(given: Given): ListSearch {
  return present({ q: text(given, "q"), sort: text(given, "sort"), open: text(given, "open") }) as ListSearch;
}
