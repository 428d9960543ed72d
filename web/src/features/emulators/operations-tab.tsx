import { useNavigate } from "@tanstack/react-router";
import { ListChecks } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { api, pageOf } from "@/api/client";
import { useList } from "@/api/lists";
import type { Operation } from "@/api/types";
import { lasting } from "@/lib/time";
import { type Column, DataTable } from "@/ui/data-table";
import { EmptyState } from "@/ui/empty-state";
import { Freshness } from "@/ui/freshness";
import { StateBadge } from "@/ui/state-badge";

/** All that was asked of it, newest first. */
export function OperationsTab({ id }: { id: string }) {
  const { t, i18n } = useTranslation("emulators");
  const { t: op } = useTranslation("operations");
  const navigate = useNavigate();
  const list = useList<Operation>({
    noun: "operations",
    params: {},
    of: id,
    fetch: (cursor) => pageOf<Operation>(api.GET("/api/emulators/{emulator_id}/operations", { params: { path: { emulator_id: id }, query: { limit: 100, ...(cursor === undefined ? {} : { cursor }) } } })),
  });
  const columns = useMemo<Column<Operation>[]>(
    () => [
      { id: "state", head: t("columns.state"), cell: (operation) => <StateBadge of="operation" state={operation.status} />, width: "140px", csv: (operation) => operation.status },
      { id: "verb", head: t("operations.verb"), cell: (operation) => op(`verbs.${operation.verb}`), width: "150px", csv: (operation) => operation.verb },
      { id: "told", head: t("operations.told"), cell: (operation) => <span className={operation.failure ? "" : "dim"} title={told(operation)}>{told(operation) || "–"}</span>, width: "minmax(220px, 2fr)", csv: told },
      { id: "by", head: t("operations.by"), cell: (operation) => operation.requested_by, width: "110px", csv: (operation) => operation.requested_by },
      { id: "created", head: t("operations.asked"), cell: (operation) => <Freshness at={operation.created_at} />, width: "120px", csv: (operation) => operation.created_at },
      { id: "took", head: t("operations.took"), cell: (operation) => (took(operation) === null ? "–" : lasting(took(operation) ?? 0, i18n.language)), width: "90px", align: "right", csv: took },
    ],
    [t, op, i18n.language],
  );
  return <DataTable name="emulator-operations" label={t("page.operations")} columns={columns} list={list} id={(operation) => operation.id} rowName={(operation) => op(`verbs.${operation.verb}`)} onOpen={(operation) => void navigate({ to: `/operations/${operation.id}` as "/" })} empty={<EmptyState icon={ListChecks} title={t("nothingAsked")} />} />;
}

function told({ waiting_for, failure, message }: Operation): string {
  return waiting_for ?? failure?.detail ?? message ?? "";
}

function took({ started_at, finished_at }: Operation): number | null {
  return started_at && finished_at ? (Date.parse(finished_at) - Date.parse(started_at)) / 1000 : null;
}
