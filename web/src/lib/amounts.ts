/** 12,345 as people here write it. */
export function count(number: number, language: string): string {
  return new Intl.NumberFormat(language).format(number);
}

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;

/** Bytes in the unit that fits, by powers of 1024 as Windows counts. */
export function bytes(number: number, language: string): string {
  let step = 0;
  let left = number;
  while (left >= 1024 && step < UNITS.length - 1) {
    left /= 1024;
    step += 1;
  }
  return new Intl.NumberFormat(language, { style: "unit", unit: UNITS[step] ?? "byte", unitDisplay: "short", maximumFractionDigits: left < 10 && step > 0 ? 1 : 0 }).format(left);
}

/** Memory as LDPlayer counts it. */
export function mebibytes(number: number, language: string): string {
  return bytes(number * 1024 * 1024, language);
}

/** 0 to 1 as per cent. */
export function share(number: number, language: string): string {
  return new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 0 }).format(number);
}

export type Level = "calm" | "warn" | "bad";

/** How alarming a load in per cent is. */
export function level(percent: number): Level {
  if (percent >= 92) return "bad";
  return percent >= 80 ? "warn" : "calm";
}
