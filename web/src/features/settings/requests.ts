import { queryOptions } from "@tanstack/react-query";
import { answer, api, pageOf } from "@/api/client";
import { keys } from "@/api/queries";
import type { Schema } from "@/api/types";

export type Site = Schema<"SiteOut">;
export type Setting = Schema<"SettingOut">;

export const settingsQuery = queryOptions({
  queryKey: keys.all("settings"),
  queryFn: () => answer(api.GET("/api/settings")),
});

/** Workers come and go without an event, so while the page is open they are asked for. */
export const sitesQuery = queryOptions({
  queryKey: keys.list("sites", "settings"),
  queryFn: () => pageOf<Site>(api.GET("/api/sites", { params: { query: { limit: 200 } } })),
  refetchInterval: 15_000,
});

export const addSite = (body: Schema<"SiteIn">) => answer(api.POST("/api/sites", { body }));
export const changeSite = (id: string, notes: string) => answer(api.PATCH("/api/sites/{site_id}", { params: { path: { site_id: id } }, body: { notes } }));
export const removeSite = (id: string) => answer(api.DELETE("/api/sites/{site_id}", { params: { path: { site_id: id } } }));
