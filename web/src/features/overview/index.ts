import { createRoute } from "@tanstack/react-router";
import { LayoutDashboard } from "lucide-react";
import type { Feature } from "@/routing/feature";
import { lazyPage } from "@/routing/lazy-page";
import { frameRoute } from "@/routing/parents";

export const feature: Feature = { name: "overview", path: "/", icon: LayoutDashboard, group: "main", key: "o", needs: "viewer" };

export const routes = [
  createRoute({ getParentRoute: () => frameRoute, path: "/", component: lazyPage(() => import("./overview-page"), "OverviewPage", "overview", "problems") }),
] as const;
