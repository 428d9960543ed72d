import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { rootRoute } from "@/routing/parents";
import { text } from "@/routing/search";

export interface SignSearch {
  /** Where to go afterwards: a path of this site. */
  to?: string;
}

function search(given: Record<string, unknown>): SignSearch {
  const to = text(given, "to");
  // "//elsewhere" and "/\elsewhere" would be other sites.
  return to !== undefined && /^\/(?![/\\])/.test(to) ? { to } : {};
}

export const routes = [
  createRoute({ getParentRoute: () => rootRoute, path: "/sign-in", validateSearch: search, component: lazyRouteComponent(() => import("./sign-in-page"), "SignInPage") }),
  createRoute({ getParentRoute: () => rootRoute, path: "/setup", component: lazyRouteComponent(() => import("./setup-page"), "SetupPage") }),
  createRoute({ getParentRoute: () => rootRoute, path: "/password", validateSearch: search, component: lazyRouteComponent(() => import("./password-page"), "PasswordPage") }),
] as const;
