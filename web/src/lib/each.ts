export interface Outcome<T> {
  item: T;
  /** What it was refused with; null: it was accepted. */
  error: unknown;
}

/** Does something for each, a few at a time, and tells how each went. */
export async function forEach<T>(items: readonly T[], act: (item: T) => Promise<unknown>, atOnce = 4): Promise<Outcome<T>[]> {
  const outcomes: Outcome<T>[] = [];
  let next = 0;
  async function lane(): Promise<void> {
    while (next < items.length) {
      const place = next++;
      const item = items[place] as T;
      outcomes[place] = await act(item).then(
        () => ({ item, error: null }),
        (error: unknown) => ({ item, error }),
      );
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, lane));
  return outcomes;
}
