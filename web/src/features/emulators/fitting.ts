/** What a column takes, and how readily it gives its place up. */
export interface Fitting {
  /** Pixels that it needs. */
  min: number;
  /** Its share of what is left over; 0: none. */
  grow: number;
  /** The higher, the sooner it leaves; 0: never. */
  leaves: number;
}

/** Of the chosen columns those that there is room for. */
export function fitting<C extends Fitting>(columns: readonly C[], width: number): C[] {
  const kept = [...columns];
  let taken = kept.reduce((sum, column) => sum + column.min, 0);
  while (taken > width) {
    const first = kept.reduce<C | null>((found, column) => (column.leaves > (found?.leaves ?? 0) ? column : found), null);
    if (first === null) break;
    kept.splice(kept.indexOf(first), 1);
    taken -= first.min;
  }
  return kept;
}

/** As grid-template-columns has it. */
export function template(columns: readonly Fitting[]): string {
  return columns.map(({ min, grow }) => (grow > 0 ? `minmax(${min}px, ${grow}fr)` : `${min}px`)).join(" ");
}
