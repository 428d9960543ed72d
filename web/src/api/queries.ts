import { QueryClient } from "@tanstack/react-query";
import { ProblemError, UnreachableError } from "@/lib/problem";

const TRIES = 3;

/** Keys begin with a noun: the change feed makes old what it tells of (live/invalidation.ts). */
export type Noun = "emulators" | "matches" | "workstations" | "operations" | "batches" | "problems" | "schedules" | "profiles" | "backups" | "audit" | "users" | "tokens" | "sessions" | "sites" | "views" | "settings" | "status" | "screens" | "me" | "setup";

export const keys = {
  all: (noun: Noun) => [noun] as const,
  list: (noun: Noun, params: unknown = {}) => [noun, "list", params] as const,
  one: (noun: Noun, id: string, ...more: readonly unknown[]) => [noun, "one", id, ...more] as const,
};

function again(failures: number, error: unknown): boolean {
  if (error instanceof UnreachableError) return failures < TRIES;
  return error instanceof ProblemError && error.problem.retryable && failures < TRIES;
}

export function newQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: { retry: again, staleTime: 30_000, refetchOnWindowFocus: false },
      mutations: { retry: false },
    },
  });
}
