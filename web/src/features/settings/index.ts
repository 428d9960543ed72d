import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { Settings } from "lucide-react";
import type { Feature } from "@/routing/feature";
import { frameRoute } from "@/routing/parents";

export const feature: Feature = { name: "settings", path: "/settings", icon: Settings, group: "bottom", key: ",", needs: "viewer" };

export const routes = [
  createRoute({ getParentRoute: () => frameRoute, path: "/settings", component: lazyRouteComponent(() => import("./settings-page"), "SettingsPage") }),
] as const;
