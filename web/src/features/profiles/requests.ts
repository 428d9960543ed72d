import { queryOptions } from "@tanstack/react-query";
import { answer, api } from "@/api/client";
import { keys } from "@/api/queries";
import type { Schema } from "@/api/types";
import { download } from "@/lib/csv";
import type { Profile } from "./sheet";

const path = (id: string) => ({ params: { path: { profile_id: id } } });

export const profileQuery = (id: string) =>
  queryOptions({
    queryKey: keys.one("profiles", id),
    queryFn: async () => {
      const { data, response } = await api.GET("/api/profiles/{profile_id}", path(id));
      return { profile: data as Profile, etag: response.headers.get("ETag") ?? "*" };
    },
  });

export const add = (body: Schema<"ProfileIn">): Promise<Profile> => answer(api.POST("/api/profiles", { body }));
export const change = (id: string, body: Schema<"ProfilePatch">, etag: string): Promise<Profile> =>
  answer(api.PATCH("/api/profiles/{profile_id}", { params: { path: { profile_id: id }, header: { "If-Match": etag } }, body }));
export const remove = (id: string, etag: string) => api.DELETE("/api/profiles/{profile_id}", { params: { path: { profile_id: id }, header: { "If-Match": etag } } });

/** Takes a profile from a file that export gave; what it is, the server judges. */
export async function importFile(file: File): Promise<Profile> {
  const body = JSON.parse(await file.text()) as Schema<"ProfileFile">;
  return answer(api.POST("/api/profiles/import", { body }));
}

export async function exportFile({ id, name }: Profile): Promise<void> {
  const file = await answer(api.GET("/api/profiles/{profile_id}/export", path(id)));
  download(`${name}.profile.json`, `${JSON.stringify(file, null, 2)}\n`, "application/json");
}
