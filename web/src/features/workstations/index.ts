import { createRoute } from "@tanstack/react-router";
import { Server } from "lucide-react";
import type { Feature } from "@/routing/feature";
import { lazyPage } from "@/routing/lazy-page";
import { frameRoute } from "@/routing/parents";
import { choice, listSearch } from "@/routing/search";

export const feature: Feature = { name: "workstations", path: "/workstations", icon: Server, group: "main", key: "w", needs: "viewer" };

export const TABS = ["emulators", "performance", "operations", "doctor", "settings", "console"] as const;
export type Tab = (typeof TABS)[number];

function pageSearch(given: Record<string, unknown>): { tab?: Tab; open?: string } {
  const tab = choice(given, "tab", TABS);
  const { open } = listSearch(given);
  return { ...(tab ? { tab } : {}), ...(open ? { open } : {}) };
}

export const routes = [
  createRoute({ getParentRoute: () => frameRoute, path: "/workstations", validateSearch: listSearch, component: lazyPage(() => import("./workstations-page"), "WorkstationsPage", "workstations") }),
  createRoute({ getParentRoute: () => frameRoute, path: "/workstations/new", component: lazyPage(() => import("./add-page"), "AddPage", "workstations") }),
  createRoute({ getParentRoute: () => frameRoute, path: "/workstations/import", component: lazyPage(() => import("./import-page"), "ImportPage", "workstations") }),
  createRoute({ getParentRoute: () => frameRoute, path: "/workstations/$workstationId", validateSearch: pageSearch, component: lazyPage(() => import("./workstation-page"), "WorkstationPage", "workstations") }),
] as const;
