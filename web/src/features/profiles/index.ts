import { createRoute } from "@tanstack/react-router";
import { SlidersHorizontal } from "lucide-react";
import type { Feature } from "@/routing/feature";
import { lazyPage } from "@/routing/lazy-page";
import { frameRoute } from "@/routing/parents";

export const feature: Feature = { name: "profiles", path: "/profiles", icon: SlidersHorizontal, group: "automation", key: "p", needs: "viewer" };

export const routes = [
  createRoute({ getParentRoute: () => frameRoute, path: "/profiles", component: lazyPage(() => import("./profiles-page"), "ProfilesPage", "profiles") }),
  createRoute({ getParentRoute: () => frameRoute, path: "/profiles/new", component: lazyPage(() => import("./edit-page"), "NewPage", "profiles") }),
  createRoute({ getParentRoute: () => frameRoute, path: "/profiles/$profileId", component: lazyPage(() => import("./edit-page"), "EditPage", "profiles") }),
] as const;
