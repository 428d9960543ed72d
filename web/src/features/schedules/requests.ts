import { queryOptions } from "@tanstack/react-query";
import { answer, api } from "@/api/client";
import { keys } from "@/api/queries";
import type { Schema } from "@/api/types";
import type { Schedule } from "./plan";

const path = (id: string) => ({ params: { path: { schedule_id: id } } });

export const scheduleQuery = (id: string) =>
  queryOptions({
    queryKey: keys.one("schedules", id),
    queryFn: async () => {
      const { data, response } = await api.GET("/api/schedules/{schedule_id}", path(id));
      return { schedule: data as Schedule, etag: response.headers.get("ETag") ?? "*" };
    },
  });

export const pauseQuery = queryOptions({ queryKey: keys.list("schedules", "pause"), queryFn: () => answer(api.GET("/api/schedules/pause")) });

export const previewQuery = (timing: Schema<"TimingIn">) =>
  queryOptions({
    queryKey: keys.list("schedules", { preview: timing }),
    queryFn: () => answer(api.POST("/api/schedules/preview", { body: timing })),
    retry: false,
  });

export const add = (body: Schema<"ScheduleIn">): Promise<Schedule> => answer(api.POST("/api/schedules", { body }));
export const change = (id: string, body: Schema<"SchedulePatch">, etag: string): Promise<Schedule> =>
  answer(api.PATCH("/api/schedules/{schedule_id}", { params: { path: { schedule_id: id }, header: { "If-Match": etag } }, body }));
export const remove = (id: string, etag: string) => api.DELETE("/api/schedules/{schedule_id}", { params: { path: { schedule_id: id }, header: { "If-Match": etag } } });
export const runNow = (id: string): Promise<Schedule> => answer(api.POST("/api/schedules/{schedule_id}/run", path(id)));
export const pauseAll = (reason: string) => answer(api.POST("/api/schedules/pause", { body: { reason } }));
export const resumeAll = () => answer(api.POST("/api/schedules/resume"));
