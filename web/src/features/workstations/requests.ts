import { queryOptions } from "@tanstack/react-query";
import { answer, api } from "@/api/client";
import { keys } from "@/api/queries";
import type { Operation, Schema, Workstation } from "@/api/types";

export type Report = Schema<"ConnectionReportOut">;
export type Stage = Schema<"StageOut">;

const path = (id: string) => ({ params: { path: { workstation_id: id } } });

export const workstationQuery = (id: string) =>
  queryOptions({
    queryKey: keys.one("workstations", id),
    queryFn: async () => {
      const { data, response } = await api.GET("/api/workstations/{workstation_id}", path(id));
      return { workstation: data as Workstation, etag: response.headers.get("ETag") ?? "*" };
    },
  });

export const factsQuery = (id: string) =>
  queryOptions({ queryKey: keys.one("workstations", id, "facts"), queryFn: () => answer(api.GET("/api/workstations/{workstation_id}/system-info", path(id))) });

export const testDraft = (body: Schema<"WorkstationIn">): Promise<Report> => answer(api.POST("/api/workstations/test-connection", { body }));
export const testSaved = (id: string): Promise<Report> => answer(api.POST("/api/workstations/{workstation_id}/test-connection", path(id)));
export const add = (body: Schema<"WorkstationIn">): Promise<Workstation> => answer(api.POST("/api/workstations", { body }));
export const addMany = (rows: Schema<"WorkstationIn">[]): Promise<Schema<"WorkstationsImported">> => answer(api.POST("/api/workstations/import", { body: { rows: rows as unknown as { [key: string]: unknown }[], dry_run: false } }));
export const change = (id: string, body: Schema<"WorkstationPatch">, etag: string): Promise<Workstation> =>
  answer(api.PATCH("/api/workstations/{workstation_id}", { params: { path: { workstation_id: id }, header: { "If-Match": etag } }, body }));
export const remove = (id: string, etag: string) => api.DELETE("/api/workstations/{workstation_id}", { params: { path: { workstation_id: id }, header: { "If-Match": etag } } });
export const hold = (id: string, reason: string): Promise<Workstation> => answer(api.POST("/api/workstations/{workstation_id}/maintenance", { ...path(id), body: { reason } }));
export const release = (id: string): Promise<Workstation> => answer(api.DELETE("/api/workstations/{workstation_id}/maintenance", path(id)));
export const scan = (id: string): Promise<Operation> => answer(api.POST("/api/workstations/{workstation_id}/scan", path(id)));
export const sortWindows = (id: string): Promise<Operation> => answer(api.POST("/api/workstations/{workstation_id}/sort-windows", { ...path(id), body: null }));
export const quitAll = (id: string, reason: string | null): Promise<Operation> => answer(api.POST("/api/workstations/{workstation_id}/quit-all", { ...path(id), body: reason ? { reason } : null }));
export const setGlobally = (id: string, body: Schema<"GlobalSettingsIn">): Promise<Operation> => answer(api.POST("/api/workstations/{workstation_id}/global-settings", { ...path(id), body }));
export const command = (id: string, body: Schema<"ConsoleIn">): Promise<Operation> => answer(api.POST("/api/workstations/{workstation_id}/console", { ...path(id), body }));

export const examine = (id: string): Promise<Operation> => answer(api.POST("/api/workstations/{workstation_id}/doctor", { ...path(id), body: null }));

export const doctorQuery = (id: string) =>
  queryOptions({ queryKey: keys.one("workstations", id, "doctor"), queryFn: () => answer(api.GET("/api/workstations/{workstation_id}/doctor", path(id))) });

/** Asks the same of many workstations, as one batch. */
export const batch = (verb: Schema<"Verb">, ids: readonly string[]) => answer(api.POST("/api/batches", { body: { verb, ids: [...ids], all: false, dry_run: false, policy: { pause_s: 0, waves: [] } } }));

export const loadsQuery = (id: string, hours: number) =>
  queryOptions({
    queryKey: keys.one("workstations", id, "loads", hours),
    queryFn: () => answer(api.GET("/api/workstations/{workstation_id}/metrics-history", { params: { path: { workstation_id: id }, query: { hours, points: 240 } } })),
    refetchInterval: 60_000, // samples come once a minute at most, and are no events
  });
