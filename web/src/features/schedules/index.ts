import { createRoute } from "@tanstack/react-router";
import { CalendarClock } from "lucide-react";
import type { Feature } from "@/routing/feature";
import { lazyPage } from "@/routing/lazy-page";
import { frameRoute } from "@/routing/parents";
import { listSearch } from "@/routing/search";

export const feature: Feature = { name: "schedules", path: "/schedules", icon: CalendarClock, group: "automation", key: "s", needs: "viewer" };

export const routes = [
  createRoute({ getParentRoute: () => frameRoute, path: "/schedules", validateSearch: listSearch, component: lazyPage(() => import("./schedules-page"), "SchedulesPage", "schedules") }),
  createRoute({ getParentRoute: () => frameRoute, path: "/schedules/new", component: lazyPage(() => import("./edit-page"), "NewPage", "schedules") }),
  createRoute({ getParentRoute: () => frameRoute, path: "/schedules/$scheduleId", component: lazyPage(() => import("./edit-page"), "EditPage", "schedules") }),
] as const;
