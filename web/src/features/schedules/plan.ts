import type { Schema } from "@/api/types";
import type { Verb } from "@/nouns/verbs";

export type Schedule = Schema<"ScheduleOut">;
export type Blackout = Schema<"BlackoutOut">;
type Draft = Schema<"ScheduleIn">;

/** A schedule as its form holds it. */
export interface Plan extends Record<string, unknown> {
  name: string;
  verb: Verb;
  /** On which: a filter that is looked at each time, or these for good. */
  on: "filter" | "ids";
  filter: string;
  ids: string[];
  params: Record<string, string>;
  cron: string;
  zone: string;
  jitter_s: number;
  blackouts: Blackout[];
  overlap: Schema<"Overlap">;
  misfire: Schema<"Misfire">;
  grace_s: number;
  waves: string;
  pause_s: number;
  stop_on_failures: string;
  enabled: boolean;
  notes: string;
}

export const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

/** Verbs that make sense without somebody at the desk, with what they take along; others are for the API. */
export const PLANNED: Partial<Record<Verb, readonly { name: string; required: boolean }[]>> = {
  launch: [{ name: "package", required: false }],
  quit: [],
  reboot: [],
  run: [{ name: "package", required: true }],
  kill: [{ name: "package", required: true }],
  install: [{ name: "file", required: true }],
  uninstall: [{ name: "package", required: true }],
  backup: [],
  adb: [{ name: "command", required: true }],
  scan: [],
  sort_windows: [],
  quit_all: [],
};

export function blankPlan(zone: string): Plan {
  return {
    name: "",
    verb: "launch",
    on: "filter",
    filter: "",
    ids: [],
    params: {},
    cron: "0 6 * * *",
    zone,
    jitter_s: 0,
    blackouts: [],
    overlap: "skip",
    misfire: "skip",
    grace_s: 300,
    waves: "",
    pause_s: 0,
    stop_on_failures: "",
    enabled: true,
    notes: "",
  };
}

export function planOf(of: Schedule): Plan {
  return {
    name: of.name,
    verb: of.verb,
    on: of.filter === null && !of.all ? "ids" : "filter",
    filter: of.filter ?? "",
    ids: of.ids,
    params: Object.fromEntries(Object.entries(of.params).map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)])),
    cron: of.cron,
    zone: of.zone,
    jitter_s: of.jitter_s,
    blackouts: of.blackouts,
    overlap: of.overlap,
    misfire: of.misfire,
    grace_s: of.grace_s,
    waves: of.policy.waves.join(", "),
    pause_s: of.policy.pause_s,
    stop_on_failures: of.policy.stop_on_failures ?? "",
    enabled: of.enabled,
    notes: of.notes,
  };
}

/** The body of a request. `kept` are parameters that the form does not show: they stay as they are. */
export function scheduleOf(plan: Plan, kept: Record<string, unknown> = {}): Draft {
  const shown = PLANNED[plan.verb];
  const typed = Object.entries(plan.params).filter(([name, value]) => value.trim() !== "" && (shown?.some((each) => each.name === name) ?? false));
  return {
    name: plan.name.trim(),
    verb: plan.verb,
    ...targetOf(plan),
    params: shown === undefined ? kept : Object.fromEntries(typed.map(([name, value]) => [name, value.trim()])),
    cron: plan.cron.trim(),
    zone: plan.zone,
    jitter_s: plan.jitter_s,
    blackouts: plan.blackouts,
    overlap: plan.overlap,
    misfire: plan.misfire,
    grace_s: plan.grace_s,
    policy: { waves: plan.waves.split(/[,\s]+/).filter(Boolean), pause_s: plan.pause_s, stop_on_failures: plan.stop_on_failures.trim() || null },
    enabled: plan.enabled,
    notes: plan.notes,
  };
}

/** A filter that says nothing means all: the API wants that said, so that an empty variable is no whole farm. */
function targetOf({ on, filter, ids }: Plan): Pick<Draft, "filter" | "ids" | "all"> {
  if (on === "ids") return { filter: null, ids, all: false };
  return filter.trim() === "" ? { filter: null, ids: [], all: true } : { filter: filter.trim(), ids: [], all: false };
}

/** Times as people say them, where they are simple enough to say. */
export function saidOf(cron: string): { kind: "daily" | "weekdays" | "hourly" | "minutes" | "other"; at: string } {
  const [minute = "", hour = "", day, month, weekday, ...rest] = cron.trim().split(/\s+/);
  const other = { kind: "other", at: cron } as const;
  if (rest.length > 0 || day !== "*" || month !== "*") return other;
  const every = /^\*\/(\d+)$/.exec(minute)?.[1];
  if (every !== undefined && hour === "*" && weekday === "*") return { kind: "minutes", at: every };
  if (!/^\d{1,2}$/.test(minute)) return other;
  if (hour === "*" && weekday === "*") return { kind: "hourly", at: minute.padStart(2, "0") };
  if (!/^\d{1,2}$/.test(hour)) return other;
  const at = `${hour.padStart(2, "0")}:${minute.padStart(2, "0")}`;
  if (weekday === "*") return { kind: "daily", at };
  return weekday === "mon-fri" || weekday === "1-5" ? { kind: "weekdays", at } : other;
}
