import { getRouteApi } from "@tanstack/react-router";
import { ListChecks } from "lucide-react";
import { useCallback, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, pageOf } from "@/api/client";
import { useList } from "@/api/lists";
import type { Operation } from "@/api/types";
import { type OperationColumn, useOperationColumns } from "@/nouns/operation-columns";
import { OperationPanel } from "@/nouns/operation-panel";
import { DataTable } from "@/ui/data-table";
import { EmptyState } from "@/ui/empty-state";
import type { TabProps } from "./workstation-page";

const route = getRouteApi("/frame/workstations/$workstationId");
const COLUMNS: readonly OperationColumn[] = ["status", "verb", "emulator", "about", "created", "took", "by", "id"];
const HIDDEN: readonly OperationColumn[] = ["id"];

/** What was asked of it and of its emulators, the newest first. */
export function OperationsTab({ workstation: { id } }: TabProps) {
  const { t } = useTranslation("operations");
  const { open } = route.useSearch();
  const navigate = route.useNavigate();
  const [sort, setSort] = useState<string>();
  const columns = useOperationColumns(COLUMNS, HIDDEN);
  const fetch = useCallback(
    (cursor: string | undefined) => pageOf<Operation>(api.GET("/api/operations", { params: { query: { limit: 100, count: "exact", workstation_id: id, sort: sort ?? "-created", ...(cursor ? { cursor } : {}) } } })),
    [id, sort],
  );
  const list = useList({ noun: "operations", params: { workstation: id, sort }, fetch });
  const show = (open?: string) => void navigate({ search: { tab: "operations", ...(open ? { open } : {}) }, replace: true });
  return (
    <>
      <DataTable name="workstation-operations" label={t("all")} columns={columns} list={list} id={(row) => row.id} rowName={(row) => row.id} sort={sort} onSort={setSort} open={open} onOpen={(row) => show(row.id)} empty={<EmptyState icon={ListChecks} title={t("none")} />} />
      {open && <OperationPanel id={open} onClose={() => show()} />}
    </>
  );
}
