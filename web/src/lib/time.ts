const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;

const STEPS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", DAY],
  ["hour", HOUR],
  ["minute", MINUTE],
];

/** "5 minutes ago" in the language given; below a minute in seconds. Times ahead are "in …". */
export function ago(seconds: number, language: string): string {
  const words = new Intl.RelativeTimeFormat(language, { numeric: "auto", style: "short" });
  const size = Math.abs(seconds);
  const [unit, length] = STEPS.find(([, each]) => size >= each) ?? (["second", 1] as const);
  const number = Math.trunc(seconds / length);
  return words.format(number === 0 ? 0 : -number, unit);
}

/** How long something takes or took: two units at most, the least one whole seconds. */
export function lasting(seconds: number, language: string): string {
  if (!Number.isFinite(seconds) || seconds < 0) return "–";
  if (seconds < 10) return unit(seconds, "second", language, seconds < 1 ? 2 : 1);
  const whole = Math.round(seconds);
  const parts: [number, string][] = [
    [Math.floor(whole / DAY), "day"],
    [Math.floor((whole % DAY) / HOUR), "hour"],
    [Math.floor((whole % HOUR) / MINUTE), "minute"],
    [whole % MINUTE, "second"],
  ];
  const first = parts.findIndex(([number]) => number > 0);
  return parts
    .slice(first, first + 2)
    .filter(([number]) => number > 0)
    .map(([number, name]) => unit(number, name, language))
    .join(" ");
}

function unit(number: number, name: string, language: string, digits = 0): string {
  return new Intl.NumberFormat(language, { style: "unit", unit: name, unitDisplay: "narrow", maximumFractionDigits: digits }).format(number);
}

/** Seconds between a moment and now. */
export function since(moment: string | number | Date, now: number = Date.now()): number {
  const at = typeof moment === "number" ? moment * 1000 : new Date(moment).getTime();
  return (now - at) / 1000;
}

/** A moment as people here write it; the day is left out today. */
export function moment(at: string | number | Date, language: string, now: Date = new Date()): string {
  const date = typeof at === "number" ? new Date(at * 1000) : new Date(at);
  const today = date.toDateString() === now.toDateString();
  return new Intl.DateTimeFormat(language, today ? { timeStyle: "medium" } : { dateStyle: "medium", timeStyle: "short" }).format(date);
}

/** The same in UTC, unmistakable: what logs and other people say. */
export function utc(at: string | number | Date): string {
  const date = typeof at === "number" ? new Date(at * 1000) : new Date(at);
  return `${date.toISOString().slice(0, 19).replace("T", " ")} UTC`;
}
