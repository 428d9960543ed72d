import { queryOptions } from "@tanstack/react-query";
import { answer, api, pageOf } from "@/api/client";
import { keys } from "@/api/queries";
import type { Page, Schema } from "@/api/types";

export type User = Schema<"UserOut">;
export type Token = Schema<"ApiTokenOut">;
export type Session = Schema<"SessionOut">;

export interface Asked {
  q: string;
  sort: string | undefined;
}

const query = ({ q, sort }: Asked, cursor: string | undefined) => ({ limit: 100, count: "exact" as const, ...(q ? { filter: q } : {}), ...(sort ? { sort } : {}), ...(cursor ? { cursor } : {}) });

export const usersPage = (asked: Asked, cursor?: string): Promise<Page<User>> => pageOf(api.GET("/api/users", { params: { query: query(asked, cursor) } }));
export const tokensPage = (asked: Asked, cursor?: string): Promise<Page<Token>> => pageOf(api.GET("/api/tokens", { params: { query: query(asked, cursor) } }));
export const sessionsPage = (asked: Asked, cursor?: string): Promise<Page<Session>> => pageOf(api.GET("/api/auth/sessions", { params: { query: query(asked, cursor) } }));

/** A user, and the ETag that a change of it is based on. */
export const userQuery = (id: string) =>
  queryOptions({
    queryKey: keys.one("users", id),
    queryFn: async (): Promise<{ user: User; etag: string }> => {
      const { data, response } = await api.GET("/api/users/{user_id}", { params: { path: { user_id: id } } });
      return { user: data as User, etag: response.headers.get("ETag") ?? "*" };
    },
  });

export const addUser = (body: Schema<"UserIn">) => answer(api.POST("/api/users", { body }));

export const changeUser = (id: string, etag: string, body: Schema<"UserPatch">) =>
  answer(api.PATCH("/api/users/{user_id}", { params: { path: { user_id: id }, header: { "If-Match": etag } }, body }));

export const removeUser = (id: string, etag: string) =>
  answer(api.DELETE("/api/users/{user_id}", { params: { path: { user_id: id }, header: { "If-Match": etag } } }));

export const createToken = (body: Schema<"ApiTokenIn">) => answer(api.POST("/api/tokens", { body }));
export const revokeToken = (id: string) => answer(api.DELETE("/api/tokens/{token_id}", { params: { path: { token_id: id } } }));
export const endSession = (id: string) => answer(api.DELETE("/api/auth/sessions/{session_id}", { params: { path: { session_id: id } } }));
export const endOthers = () => answer(api.DELETE("/api/auth/sessions"));

export const sitesQuery = queryOptions({
  queryKey: keys.list("sites"),
  queryFn: () => pageOf<Schema<"SiteOut">>(api.GET("/api/sites", { params: { query: { limit: 200 } } })),
});
