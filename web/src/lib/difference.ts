type Values = Readonly<Record<string, unknown>> | null | undefined;

/** One field that differs, both sides written for people; null: it was not there. */
export interface Difference {
  field: string;
  before: string | null;
  after: string | null;
}

/** What differs between two sides of a change, field by field, in the order they are named. */
export function differences(before: Values, after: Values): Difference[] {
  const fields = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  return fields.map((field) => ({ field, before: written(before?.[field]), after: written(after?.[field]) })).filter(({ before, after }) => before !== null || after !== null);
}

function written(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  return typeof value === "string" ? value : JSON.stringify(value);
}
