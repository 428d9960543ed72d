import type { Batch, Operation } from "@/api/types";
import { UNFINISHED } from "@/lib/states";

const FAILED: readonly Operation["status"][] = ["failed", "timed_out", "lost", "expired"];

const sum = ({ counts }: Pick<Batch, "counts">, statuses: readonly string[]) => statuses.reduce((all, status) => all + (counts[status] ?? 0), 0);

export const failedOf = (batch: Pick<Batch, "counts">): number => sum(batch, FAILED);
export const openOf = (batch: Pick<Batch, "counts">): number => sum(batch, UNFINISHED);

export interface Part {
  of: "succeeded" | "failed" | "passed" | "running";
  /** Of all targets, 0 to 1. */
  share: number;
}

/** What a batch's bar is made of: done well, done badly, passed over, under way; the rest waits. */
export function partsOf(batch: Pick<Batch, "counts" | "total">): Part[] {
  if (batch.total === 0) return [];
  const of = (name: Part["of"], statuses: readonly string[]): Part => ({ of: name, share: sum(batch, statuses) / batch.total });
  return [of("succeeded", ["succeeded"]), of("failed", FAILED), of("passed", ["skipped", "cancelled"]), of("running", ["running", "cancelling"])].filter(({ share }) => share > 0);
}
