import { createRoute } from "@tanstack/react-router";
import { Smartphone } from "lucide-react";
import type { Feature } from "@/routing/feature";
import { lazyPage } from "@/routing/lazy-page";
import { frameRoute } from "@/routing/parents";
import { type ListSearch, choice, listSearch, text } from "@/routing/search";
import { TroubledCount } from "./troubled-count";
import { TABS, type Tab } from "./tabs";

export const feature: Feature = { name: "emulators", path: "/emulators", icon: Smartphone, group: "main", key: "e", needs: "viewer", Badge: TroubledCount };

/** `batch` is the batch whose results stand in the panel. */
export interface FleetSearch extends ListSearch {
  batch?: string;
}

export const routes = [
  createRoute({
    getParentRoute: () => frameRoute,
    path: "/emulators",
    validateSearch: (given): FleetSearch => {
      const batch = text(given, "batch");
      return { ...listSearch(given), ...(batch === undefined ? {} : { batch }) };
    },
    component: lazyPage(() => import("./emulators-page"), "EmulatorsPage", "emulators"),
  }),
  createRoute({
    getParentRoute: () => frameRoute,
    path: "/emulators/$emulatorId",
    validateSearch: (given): { tab?: Tab } => {
      const tab = choice(given, "tab", TABS);
      return tab === undefined ? {} : { tab };
    },
    component: lazyPage(() => import("./emulator-page"), "EmulatorPage", "emulators"),
  }),
] as const;
