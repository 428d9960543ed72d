import { createRoute } from "@tanstack/react-router";
import { LayoutGrid } from "lucide-react";
import type { Feature } from "@/routing/feature";
import { lazyPage } from "@/routing/lazy-page";
import { frameRoute } from "@/routing/parents";
import { choice, flag, text } from "@/routing/search";

export const feature: Feature = { name: "wall", path: "/wall", icon: LayoutGrid, group: "main", key: "l", needs: "operator" };

export const SIZES = ["s", "m", "l"] as const;
export type Size = (typeof SIZES)[number];

export interface WallSearch {
  /** A part of the name of a workstation or of its site. */
  q?: string;
  /** Only workstations with an emulator in trouble. */
  troubled?: true;
  size?: Size;
}

export function search(given: Record<string, unknown>): WallSearch {
  const q = text(given, "q");
  const size = choice(given, "size", SIZES);
  return { ...(q ? { q } : {}), ...(flag(given, "troubled") ? { troubled: true } : {}), ...(size && size !== "m" ? { size } : {}) };
}

export const routes = [
  createRoute({ getParentRoute: () => frameRoute, path: "/wall", validateSearch: search, component: lazyPage(() => import("./wall-page"), "WallPage", "wall") }),
] as const;
