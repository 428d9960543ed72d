import { createRoute } from "@tanstack/react-router";
import { Archive } from "lucide-react";
import type { Feature } from "@/routing/feature";
import { lazyPage } from "@/routing/lazy-page";
import { frameRoute } from "@/routing/parents";
import { listSearch } from "@/routing/search";

export const feature: Feature = { name: "backups", path: "/backups", icon: Archive, group: "automation", key: "b", needs: "viewer" };

export const routes = [
  createRoute({ getParentRoute: () => frameRoute, path: "/backups", validateSearch: listSearch, component: lazyPage(() => import("./backups-page"), "BackupsPage", "backups") }),
] as const;
