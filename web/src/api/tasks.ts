import { queryOptions } from "@tanstack/react-query";
import { answer, api, pageOf } from "@/api/client";
import { keys } from "@/api/queries";
import type { Batch, Operation } from "@/api/types";

const SHOWN = 50;
const BUSY = new Set<Batch["status"]>(["running", "paused", "halted", "cancelling"]);

/** What goes on now, everyone's: batches that are not over, and operations of no batch. */
export interface Tasks {
  batches: Batch[];
  operations: Operation[];
  /** There may be more than is shown. */
  more: boolean;
}

export const tasksQuery = queryOptions({
  queryKey: keys.list("operations", "tasks"),
  queryFn: async (): Promise<Tasks> => {
    const [batches, operations] = await Promise.all([
      pageOf<Batch>(api.GET("/api/batches", { params: { query: { limit: SHOWN } } })),
      pageOf<Operation>(api.GET("/api/operations", { params: { query: { unfinished: true, sort: "-created", limit: 500 } } })),
    ]);
    const single = operations.items.filter((each) => each.batch_id === null);
    return {
      batches: batches.items.filter((each) => BUSY.has(each.status)),
      operations: single.slice(0, SHOWN),
      more: single.length > SHOWN || operations.next_cursor !== null,
    };
  },
});

export const statusQuery = queryOptions({
  queryKey: keys.all("status"),
  queryFn: () => answer(api.GET("/api/status")),
});

export const cancelOperation = (id: string) =>
  answer(api.POST("/api/operations/{operation_id}/cancel", { params: { path: { operation_id: id } } }));

export const cancelBatch = (id: string) =>
  answer(api.POST("/api/batches/{batch_id}/cancel", { params: { path: { batch_id: id } } }));
