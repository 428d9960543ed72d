import { words } from "@/lib/filter";

export const AGES = ["any", "1h", "24h", "7d"] as const;
export type Age = (typeof AGES)[number];

/** How far back a filter looks, where it says one of the usual lengths. */
export function ageOf(filter: string): Age {
  return AGES.find((age) => words(filter).includes(`at:<${age}`)) ?? "any";
}

/** The filter with another length; all else stays. */
export function withAge(filter: string, age: Age): string {
  const others = words(filter).filter((word) => !word.toLowerCase().startsWith("at:"));
  return [...others, ...(age === "any" ? [] : [`at:<${age}`])].join(" ");
}
