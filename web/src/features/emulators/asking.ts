import { queryOptions } from "@tanstack/react-query";
import { answer, api, pageOf } from "@/api/client";
import { keys } from "@/api/queries";
import type { Batch, Emulator, Operation, Schema } from "@/api/types";
import { type Rollout, type Verb, policyOf } from "./verbs";

export interface Wish {
  verb: Verb;
  ids: readonly string[];
  params: Record<string, unknown>;
  rollout: Rollout;
  reason: string | null;
}

const bodyOf = ({ verb, ids, params, rollout, reason }: Wish) => ({ verb, ids: [...ids], all: false, params, policy: policyOf(rollout), reason });

/** What would be done now, without doing it. */
export async function planOf(wish: Wish): Promise<Schema<"PlanOut">> {
  return (await answer(api.POST("/api/batches", { body: { ...bodyOf(wish), dry_run: true } }))) as Schema<"PlanOut">;
}

export async function submit(wish: Wish): Promise<Batch> {
  return (await answer(api.POST("/api/batches", { body: { ...bodyOf(wish), dry_run: false } }))) as Batch;
}

export const batchQuery = (id: string) =>
  queryOptions({ queryKey: keys.list("operations", { batch: id }), queryFn: () => answer(api.GET("/api/batches/{batch_id}", { params: { path: { batch_id: id } } })) });

const MOST_RESULTS = 200;

/** Those of its targets that need a look: what went wrong, was refused, or is not known. */
export const badResultsQuery = (id: string) =>
  queryOptions({
    queryKey: keys.list("operations", { bad: id }),
    queryFn: () => pageOf<Operation>(api.GET("/api/operations", { params: { query: { filter: `batch:${id} status:failed,timed_out,lost,skipped,expired`, sort: "status,emulator", limit: MOST_RESULTS, count: "exact" } } })),
  });

export const emulatorQuery = (id: string) =>
  queryOptions({ queryKey: keys.one("emulators", id), queryFn: () => answer(api.GET("/api/emulators/{emulator_id}", { params: { path: { emulator_id: id } } })) });

export const configQuery = (id: string) =>
  queryOptions({ queryKey: keys.one("emulators", id, "config"), queryFn: () => answer(api.GET("/api/emulators/{emulator_id}/config", { params: { path: { emulator_id: id } } })) });

export const recentQuery = (id: string) =>
  queryOptions({ queryKey: keys.one("emulators", id, "operations", "recent"), queryFn: () => pageOf<Operation>(api.GET("/api/emulators/{emulator_id}/operations", { params: { path: { emulator_id: id }, query: { limit: 6 } } })) });

const PIECE = 500;
const MATCHES_STAY_MS = 15_000;

/** The ids that match what only the server can tell. Asked again now and then: the feed does not tell of it. */
export const matchesQuery = (filter: string) =>
  queryOptions({
    queryKey: keys.list("matches", filter),
    refetchInterval: MATCHES_STAY_MS,
    queryFn: async ({ signal }) => {
      const found = new Set<string>();
      let cursor: string | null = null;
      do {
        const page: { items: { id: string }[]; next_cursor: string | null } = await pageOf<Emulator>(api.GET("/api/emulators", { signal, params: { query: { filter, fields: "id", limit: PIECE, ...(cursor === null ? {} : { cursor }) } } }));
        for (const { id } of page.items) found.add(id);
        cursor = page.next_cursor;
      } while (cursor !== null);
      return found as ReadonlySet<string>;
    },
  });

export type Annotation = Schema<"EmulatorPatch">;

/** Raises ProblemError (record_changed where somebody else was first). */
export const annotate = (id: string, version: number, patch: Annotation) =>
  answer(api.PATCH("/api/emulators/{emulator_id}", { params: { path: { emulator_id: id }, header: { "If-Match": `"${version}"` } }, body: patch }));

const TOGETHER = 4;

/** Annotates many, a few at a time; gives how to take it back. What of it is known is asked anew for each. */
export async function annotateMany(ids: readonly string[], patchOf: (emulator: Emulator) => Annotation, told: (done: number) => void): Promise<() => Promise<void>> {
  const before = new Map<string, Annotation>();
  let done = 0;
  await inPieces(ids, async (id) => {
    const emulator = await answer(api.GET("/api/emulators/{emulator_id}", { params: { path: { emulator_id: id } } }));
    const patch = patchOf(emulator);
    await annotate(id, emulator.version, patch);
    before.set(id, Object.fromEntries(Object.keys(patch).map((name) => [name, emulator[name as keyof Annotation]])));
    told(++done);
  });
  return () =>
    inPieces([...before.keys()], async (id) => {
      const { version } = await answer(api.GET("/api/emulators/{emulator_id}", { params: { path: { emulator_id: id } } }));
      await annotate(id, version, before.get(id) ?? {});
    });
}

async function inPieces(ids: readonly string[], each: (id: string) => Promise<void>): Promise<void> {
  const left = [...ids];
  const work = async () => {
    for (let id = left.shift(); id !== undefined; id = left.shift()) await each(id);
  };
  await Promise.all(Array.from({ length: TOGETHER }, work));
}
