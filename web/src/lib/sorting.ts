/** Sorts as the server reads them: `-status,name`. */
export interface Sorting {
  field: string;
  descending: boolean;
}

export function parseSort(text: string | undefined): Sorting | null {
  const first = text?.split(",")[0];
  if (!first) return null;
  return { field: first.replace(/^-/, ""), descending: first.startsWith("-") };
}

/** The next turn of a head that is clicked: up, down, and back to the list's own order. */
export function turned(sort: string | undefined, field: string): string | undefined {
  const now = parseSort(sort);
  if (now?.field !== field) return field;
  return now.descending ? undefined : `-${field}`;
}
