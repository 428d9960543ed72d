import type { FleetRow } from "@/live/rows";

/** How many lines the card has. */
export const ATTENTION = 6;

/** The rows that became what they are last; the latest first. */
export function newest(rows: readonly FleetRow[], most: number): readonly FleetRow[] {
  if (most <= 0) return [];
  return rows.toSorted((one, other) => other.since - one.since).slice(0, most);
}
