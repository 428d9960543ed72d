import { createRoute } from "@tanstack/react-router";
import { UsersRound } from "lucide-react";
import type { Feature } from "@/routing/feature";
import { lazyPage } from "@/routing/lazy-page";
import { frameRoute } from "@/routing/parents";
import { type ListSearch, choice, listSearch } from "@/routing/search";

export const feature: Feature = { name: "access", path: "/users", icon: UsersRound, group: "bottom", key: "u", needs: "viewer" };

export const TABS = ["users", "tokens", "sessions"] as const;
export type Tab = (typeof TABS)[number];

export interface AccessSearch extends ListSearch {
  tab?: Tab;
}

export function search(given: Record<string, unknown>): AccessSearch {
  const tab = choice(given, "tab", TABS);
  return { ...listSearch(given), ...(tab ? { tab } : {}) };
}

export const routes = [
  createRoute({ getParentRoute: () => frameRoute, path: "/users", validateSearch: search, component: lazyPage(() => import("./access-page"), "AccessPage", "access") }),
] as const;
