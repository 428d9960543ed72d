import { createRoute } from "@tanstack/react-router";
import { ScrollText } from "lucide-react";
import type { Feature } from "@/routing/feature";
import { lazyPage } from "@/routing/lazy-page";
import { frameRoute } from "@/routing/parents";
import { listSearch } from "@/routing/search";

export const feature: Feature = { name: "audit", path: "/audit", icon: ScrollText, group: "bottom", key: "a", needs: "admin" };

export const routes = [
  createRoute({ getParentRoute: () => frameRoute, path: "/audit", validateSearch: listSearch, component: lazyPage(() => import("./audit-page"), "AuditPage", "audit") }),
] as const;
