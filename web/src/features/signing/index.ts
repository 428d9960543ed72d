import { createRoute } from "@tanstack/react-router";
import { lazyPage } from "@/routing/lazy-page";
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
  createRoute({ getParentRoute: () => rootRoute, path: "/sign-in", validateSearch: search, component: lazyPage(() => import("./sign-in-page"), "SignInPage", "auth") }),
  createRoute({ getParentRoute: () => rootRoute, path: "/setup", component: lazyPage(() => import("./setup-page"), "SetupPage", "auth") }),
  createRoute({ getParentRoute: () => rootRoute, path: "/password", validateSearch: search, component: lazyPage(() => import("./password-page"), "PasswordPage", "auth") }),
] as const;
