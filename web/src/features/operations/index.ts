import { createRoute } from "@tanstack/react-router";
import { ListChecks } from "lucide-react";
import type { Feature } from "@/routing/feature";
import { lazyPage } from "@/routing/lazy-page";
import { frameRoute } from "@/routing/parents";
import { listSearch } from "@/routing/search";

export const feature: Feature = { name: "operations", path: "/operations", icon: ListChecks, group: "main", key: "t", needs: "viewer" };

export const routes = [
  createRoute({ getParentRoute: () => frameRoute, path: "/operations", validateSearch: listSearch, component: lazyPage(() => import("./operations-page"), "OperationsPage") }),
  createRoute({ getParentRoute: () => frameRoute, path: "/operations/batches", validateSearch: listSearch, component: lazyPage(() => import("./batches-page"), "BatchesPage") }),
  createRoute({ getParentRoute: () => frameRoute, path: "/operations/batches/$batchId", validateSearch: listSearch, component: lazyPage(() => import("./batch-page"), "BatchPage") }),
  createRoute({ getParentRoute: () => frameRoute, path: "/operations/$operationId", component: lazyPage(() => import("./operation-page"), "OperationPage") }),
] as const;
