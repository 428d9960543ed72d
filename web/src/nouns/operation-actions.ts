import { useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, api } from "@/api/client";
import { keys } from "@/api/queries";
import type { Batch, Operation } from "@/api/types";

const OVER = new Set<Operation["status"]>(["failed", "cancelled", "timed_out", "lost", "skipped", "expired"]);

export const mayCancel = (operation: Operation): boolean => operation.status === "queued" || operation.status === "running";
export const mayRetry = (operation: Operation): boolean => OVER.has(operation.status);

export const retryOperation = (id: string) =>
  answer(api.POST("/api/operations/{operation_id}/retry", { params: { path: { operation_id: id } }, body: null }));

export const pauseBatch = (id: string): Promise<Batch> =>
  answer(api.POST("/api/batches/{batch_id}/pause", { params: { path: { batch_id: id } } }));

export const continueBatch = (id: string): Promise<Batch> =>
  answer(api.POST("/api/batches/{batch_id}/continue", { params: { path: { batch_id: id } } }));

export const retryBatch = (id: string): Promise<Batch> =>
  answer(api.POST("/api/batches/{batch_id}/retry", { params: { path: { batch_id: id } }, body: null }));

/** Asks something of an operation or a batch, and has what is shown of both asked anew. */
export function useAsking<T, R>(ask: (what: T) => Promise<R>, onDone?: (result: R) => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ask,
    onSuccess: (result) => onDone?.(result),
    onSettled: () => Promise.all([queries.invalidateQueries({ queryKey: keys.all("operations") }), queries.invalidateQueries({ queryKey: keys.all("batches") })]),
  });
}
