import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { ListChecks } from "lucide-react";
import type { Feature } from "@/routing/feature";
import { frameRoute } from "@/routing/parents";
import { listSearch } from "@/routing/search";

export const feature: Feature = { name: "operations", path: "/operations", icon: ListChecks, group: "main", key: "t", needs: "viewer" };

export const routes = [
  createRoute({ getParentRoute: () => frameRoute, path: "/operations", validateSearch: listSearch, component: lazyRouteComponent(() => import("./operations-page"), "OperationsPage") }),
  createRoute({ getParentRoute: () => frameRoute, path: "/operations/batches", validateSearch: listSearch, component: lazyRouteComponent(() => import("./batches-page"), "BatchesPage") }),
  createRoute({ getParentRoute: () => frameRoute, path: "/operations/batches/$batchId", validateSearch: listSearch, component: lazyRouteComponent(() => import("./batch-page"), "BatchPage") }),
  createRoute({ getParentRoute: () => frameRoute, path: "/operations/$operationId", component: lazyRouteComponent(() => import("./operation-page"), "OperationPage") }),
] as const;
