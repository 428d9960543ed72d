import { queryOptions } from "@tanstack/react-query";
import { answer, api } from "@/api/client";
import { keys } from "@/api/queries";
import type { Schema } from "@/api/types";

const PIECE = 500; // lines a request
const SLOWEST_MS = 2000;

export type LogLine = Schema<"LogLineOut">;
export type Step = Schema<"StepOut">;

export const operationQuery = (id: string) =>
  queryOptions({
    queryKey: keys.one("operations", id),
    queryFn: () => answer(api.GET("/api/operations/{operation_id}", { params: { path: { operation_id: id } } })),
  });

export const stepsQuery = (id: string) =>
  queryOptions({
    queryKey: keys.one("operations", id, "steps"),
    queryFn: () => answer(api.GET("/api/operations/{operation_id}/steps", { params: { path: { operation_id: id } } })),
  });

export interface Log {
  lines: readonly LogLine[];
  last: number;
}

/** Its log, of which only what is new is asked for. Lines are no events, so while it runs they are looked for. */
export const logQuery = (id: string, running: boolean) =>
  queryOptions({
    queryKey: keys.one("operations", id, "log"),
    queryFn: async ({ client, queryKey }): Promise<Log> => {
      const known = client.getQueryData<Log>(queryKey) ?? { lines: [], last: 0 };
      const lines = [...known.lines];
      let last = known.last;
      for (;;) {
        const piece = await answer(api.GET("/api/operations/{operation_id}/log", { params: { path: { operation_id: id }, query: { after: last, limit: PIECE } } }));
        lines.push(...piece.items);
        last = piece.last;
        if (piece.items.length < PIECE) return { lines, last };
      }
    },
    refetchInterval: running ? SLOWEST_MS : false,
  });
