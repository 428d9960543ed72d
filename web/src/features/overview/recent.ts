import { queryOptions } from "@tanstack/react-query";
import { api, pageOf } from "@/api/client";
import { keys } from "@/api/queries";
import type { Batch, Operation } from "@/api/types";

const SHOWN = 7;
const LOOKED_AT = 50; // a batch's operations are among them, and are shown as the batch

export type Recent = { is: "batch"; batch: Batch } | { is: "operation"; operation: Operation };

/** Batches, and operations of no batch, the latest first. */
export function merged(batches: readonly Batch[], operations: readonly Operation[], most: number = SHOWN): Recent[] {
  const both: (Recent & { at: string })[] = [
    ...batches.map((batch) => ({ is: "batch" as const, batch, at: batch.created_at })),
    ...operations.filter((each) => each.batch_id === null).map((operation) => ({ is: "operation" as const, operation, at: operation.created_at })),
  ];
  return both.toSorted((one, other) => other.at.localeCompare(one.at)).slice(0, most);
}

export const recentQuery = queryOptions({
  queryKey: keys.list("operations", "recent"),
  queryFn: async () => {
    const [batches, operations] = await Promise.all([
      pageOf<Batch>(api.GET("/api/batches", { params: { query: { limit: SHOWN } } })),
      pageOf<Operation>(api.GET("/api/operations", { params: { query: { sort: "-created", limit: LOOKED_AT } } })),
    ]);
    return merged(batches.items, operations.items);
  },
});

