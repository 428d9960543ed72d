import { valuesOf, withField } from "@/lib/filter";
import { EVERY_VERB } from "@/nouns/verbs";
import { OPERATION_LOOKS } from "@/lib/states";
import type { Operation } from "@/api/types";

export type Stage = "all" | "open" | "failed" | "done" | "other";

const STAGES: Record<Exclude<Stage, "all" | "other">, readonly Operation["status"][]> = {
  open: ["queued", "running", "cancelling"],
  failed: ["failed", "timed_out", "lost", "expired"],
  done: ["succeeded"],
};

/** Which of the usual questions a filter asks. */
export function stageOf(filter: string): Stage {
  const asked = [...valuesOf(filter, "status")].sort().join();
  if (asked === "") return "all";
  const found = (Object.keys(STAGES) as (keyof typeof STAGES)[]).find((stage) => [...STAGES[stage]].sort().join() === asked);
  return found ?? "other";
}

export function withStage(filter: string, stage: Stage): string {
  return withField(filter, "status", stage === "all" || stage === "other" ? [] : STAGES[stage]);
}

export const statusesOf = (stage: keyof typeof STAGES): readonly Operation["status"][] => STAGES[stage];

/** What can be typed, and what is known to stand there. */
export function fieldsOf(workstations: readonly string[], emulators: readonly string[]): Readonly<Record<string, readonly string[]>> {
  return {
    status: Object.keys(OPERATION_LOOKS),
    verb: EVERY_VERB,
    ws: workstations,
    em: emulators,
    site: [],
    by: [],
    source: ["api", "schedule", "batch"],
    reason: [],
    over: ["yes", "no"],
    tries: [],
    wave: [],
    batch: [],
    created: [],
    started: [],
    finished: [],
  };
}
