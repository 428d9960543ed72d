import { createRoute } from "@tanstack/react-router";
import { TriangleAlert } from "lucide-react";
import type { Feature } from "@/routing/feature";
import { lazyPage } from "@/routing/lazy-page";
import { frameRoute } from "@/routing/parents";
import { type ListSearch, flag, listSearch } from "@/routing/search";
import { Unattended } from "./unattended";

export const feature: Feature = { name: "problems", path: "/farm-problems", icon: TriangleAlert, group: "main", key: "p", needs: "viewer", Badge: Unattended };

/** `all`: those that are over, too. */
export interface ProblemsSearch extends ListSearch {
  all?: true;
}

export function search(given: Record<string, unknown>): ProblemsSearch {
  return { ...listSearch(given), ...(flag(given, "all") ? { all: true } : {}) };
}

export const routes = [
  createRoute({ getParentRoute: () => frameRoute, path: "/farm-problems", validateSearch: search, component: lazyPage(() => import("./problems-page"), "ProblemsPage", "problems") }),
] as const;
