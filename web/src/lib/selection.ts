/** What is selected in a list: some by their ids, or all that match its filter. */
export type Selection = { all: false; ids: ReadonlySet<string> } | { all: true; except: ReadonlySet<string> };

export const NOTHING: Selection = { all: false, ids: new Set() };
export const EVERYTHING: Selection = { all: true, except: new Set() };

export function holds(selection: Selection, id: string): boolean {
  return selection.all ? !selection.except.has(id) : selection.ids.has(id);
}

/** How many are selected of a list with so many; null: that is not known. */
export function sizeOf(selection: Selection, total: number | null): number | null {
  if (!selection.all) return selection.ids.size;
  return total === null ? null : total - selection.except.size;
}

export function isNothing(selection: Selection): boolean {
  return !selection.all && selection.ids.size === 0;
}

/** The selection with these ids in it, or out of it. */
export function withIds(selection: Selection, ids: Iterable<string>, selected: boolean): Selection {
  const changed = new Set(selection.all ? selection.except : selection.ids);
  for (const id of ids) {
    if (selected === selection.all) changed.delete(id);
    else changed.add(id);
  }
  return selection.all ? { all: true, except: changed } : { all: false, ids: changed };
}
