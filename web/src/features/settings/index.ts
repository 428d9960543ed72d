import { createRoute } from "@tanstack/react-router";
import { Settings } from "lucide-react";
import type { Feature } from "@/routing/feature";
import { lazyPage } from "@/routing/lazy-page";
import { frameRoute } from "@/routing/parents";

export const feature: Feature = { name: "settings", path: "/settings", icon: Settings, group: "bottom", key: ",", needs: "viewer" };

export const routes = [
  createRoute({ getParentRoute: () => frameRoute, path: "/settings", component: lazyPage(() => import("./settings-page"), "SettingsPage", "settings") }),
] as const;
