import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { CalendarClock } from "lucide-react";
import type { Feature } from "@/routing/feature";
import { frameRoute } from "@/routing/parents";
import { listSearch } from "@/routing/search";

export const feature: Feature = { name: "schedules", path: "/schedules", icon: CalendarClock, group: "automation", key: "s", needs: "viewer" };

export const routes = [
  createRoute({ getParentRoute: () => frameRoute, path: "/schedules", validateSearch: listSearch, component: lazyRouteComponent(() => import("./schedules-page"), "SchedulesPage") }),
  createRoute({ getParentRoute: () => frameRoute, path: "/schedules/new", component: lazyRouteComponent(() => import("./edit-page"), "NewPage") }),
  createRoute({ getParentRoute: () => frameRoute, path: "/schedules/$scheduleId", component: lazyRouteComponent(() => import("./edit-page"), "EditPage") }),
] as const;
