import { createRootRouteWithContext, createRoute, redirect } from "@tanstack/react-router";
import type { QueryClient } from "@tanstack/react-query";
import { meQuery } from "@/api/session";
import { ProblemError } from "@/lib/problem";

export interface RouterContext {
  queries: QueryClient;
}

/** The routes that all others hang from; `app` gives them their components. */
export const rootRoute = createRootRouteWithContext<RouterContext>()({});

/** Parent of every page that needs a login: it has the rail, the top bar and the panel. */
export const frameRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: "frame",
  beforeLoad: async ({ context, location }) => {
    const me = await context.queries.ensureQueryData(meQuery).catch((error: unknown) => {
      if (error instanceof ProblemError && error.status === 401) throw redirect({ to: "/sign-in", search: { to: location.href } });
      throw error;
    });
    if (me.user.must_change_password) throw redirect({ to: "/password", search: { to: location.href } });
  },
});
