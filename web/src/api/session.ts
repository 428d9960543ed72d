import { queryOptions, useQuery } from "@tanstack/react-query";
import { answer, api, refusals } from "@/api/client";
import { keys } from "@/api/queries";
import { type Role, covers } from "@/lib/roles";

export const meQuery = queryOptions({
  queryKey: keys.all("me"),
  queryFn: () => answer(api.GET("/api/auth/me")),
  staleTime: Infinity,
  refetchInterval: 1_800_000, // the session goes on by being used, and its cookie by this request
  retry: false,
});

/** Signs in with the browser's cookie. Raises ProblemError (credentials_wrong, …). */
export async function signIn(name: string, password: string): Promise<void> {
  await answer(api.POST("/api/auth/login", { body: { name, password, kind: "cookie" } }));
  refusals.set("none");
}

export async function signOut(): Promise<void> {
  await api.POST("/api/auth/logout");
}

/** Who is signed in; only below the frame, where that is known. */
export function useMe() {
  const { data } = useQuery(meQuery);
  return data ?? null;
}

/** Whether who is signed in may do what needs that role. The server has the last word. */
export function useMay(needed: Role): boolean {
  const me = useMe();
  return me !== null && covers(me.role, needed);
}
