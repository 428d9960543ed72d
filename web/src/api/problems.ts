import { queryOptions } from "@tanstack/react-query";
import { answer, api, pageOf } from "@/api/client";
import { keys } from "@/api/queries";
import type { Page, Schema } from "@/api/types";

export type Problem = Schema<"FarmProblemOut">;
export type ProblemKind = Schema<"ProblemKind">;

const SHOWN = 20;

export interface ProblemsAsked {
  filter?: string | undefined;
  sort?: string | undefined;
  /** Those that are over, too. */
  ended?: boolean;
  limit?: number;
}

export function problemsPage({ filter, sort, ended = false, limit = 100 }: ProblemsAsked, cursor?: string): Promise<Page<Problem>> {
  const query = { limit, ended, count: "exact" as const, ...(filter ? { filter } : {}), ...(sort ? { sort } : {}), ...(cursor ? { cursor } : {}) };
  return pageOf<Problem>(api.GET("/api/problems", { params: { query } }));
}

/** What is wrong now and nobody has said to look after; `total` counts all of it. */
export const unattendedQuery = queryOptions({
  queryKey: keys.list("problems", "unattended"),
  queryFn: () => problemsPage({ filter: "acknowledged:no", limit: SHOWN }),
});

export const problemQuery = (id: string) =>
  queryOptions({
    queryKey: keys.one("problems", id),
    queryFn: () => answer(api.GET("/api/problems/{problem_id}", { params: { path: { problem_id: id } } })),
  });

export const acknowledge = (id: string, reason: string) =>
  answer(api.POST("/api/problems/{problem_id}/acknowledge", { params: { path: { problem_id: id } }, body: { reason } }));
