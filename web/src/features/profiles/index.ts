import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { SlidersHorizontal } from "lucide-react";
import type { Feature } from "@/routing/feature";
import { frameRoute } from "@/routing/parents";

export const feature: Feature = { name: "profiles", path: "/profiles", icon: SlidersHorizontal, group: "automation", key: "p", needs: "viewer" };

export const routes = [
  createRoute({ getParentRoute: () => frameRoute, path: "/profiles", component: lazyRouteComponent(() => import("./profiles-page"), "ProfilesPage") }),
  createRoute({ getParentRoute: () => frameRoute, path: "/profiles/new", component: lazyRouteComponent(() => import("./edit-page"), "NewPage") }),
  createRoute({ getParentRoute: () => frameRoute, path: "/profiles/$profileId", component: lazyRouteComponent(() => import("./edit-page"), "EditPage") }),
] as const;
