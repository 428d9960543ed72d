import { type AsyncRouteComponent, createRouter } from "@tanstack/react-router";
import type { QueryClient } from "@tanstack/react-query";
import { frameRoute, rootRoute } from "@/routing/parents";
import { routes as access } from "@/features/access";
import { routes as audit } from "@/features/audit";
import { routes as backups } from "@/features/backups";
import { routes as emulators } from "@/features/emulators";
import { routes as operations } from "@/features/operations";
import { routes as overview } from "@/features/overview";
import { routes as problems } from "@/features/problems";
import { routes as profiles } from "@/features/profiles";
import { routes as schedules } from "@/features/schedules";
import { routes as settings } from "@/features/settings";
import { routes as signing } from "@/features/signing";
import { routes as wall } from "@/features/wall";
import { routes as workstations } from "@/features/workstations";
import { Frame } from "@/app/frame";
import { CrashPage, NotFoundPage } from "@/app/error-pages";
import { Root } from "@/app/root";

rootRoute.update({ component: Root, notFoundComponent: NotFoundPage, errorComponent: CrashPage });
frameRoute.update({
  component: Frame,
  errorComponent: CrashPage,
  notFoundComponent: NotFoundPage,
});

const routeTree = rootRoute.addChildren([...signing, frameRoute.addChildren([...overview, ...emulators, ...wall, ...workstations, ...operations, ...problems, ...schedules, ...profiles, ...backups, ...audit, ...access, ...settings])]);

export function newRouter(queries: QueryClient) {
  return createRouter({
    routeTree,
    context: { queries },
    defaultPreload: "intent",
    defaultErrorComponent: CrashPage,
    defaultNotFoundComponent: NotFoundPage,
    defaultPendingMs: 300,
    scrollRestoration: false,
  });
}

/** Has the page that the address names fetched at once, and not only when it is known who asks. */
export function fetchAhead(router: ReturnType<typeof newRouter>): void {
  for (const { routeId } of router.matchRoutes(router.latestLocation)) {
    const { component } = router.routesById[routeId as "/frame"].options as { component?: AsyncRouteComponent<object> };
    void component?.preload?.();
  }
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof newRouter>;
  }
}
