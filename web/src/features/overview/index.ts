import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { LayoutDashboard } from "lucide-react";
import type { Feature } from "@/routing/feature";
import { frameRoute } from "@/routing/parents";

export const feature: Feature = { name: "overview", path: "/", icon: LayoutDashboard, group: "main", key: "o", needs: "viewer" };

export const routes = [
  createRoute({ getParentRoute: () => frameRoute, path: "/", component: lazyRouteComponent(() => import("./overview-page"), "OverviewPage") }),
] as const;
