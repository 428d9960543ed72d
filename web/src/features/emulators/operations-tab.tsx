import { useNavigate } from "@tanstack/react-router";
import { ListChecks } from "lucide-react";
import { useTranslation } from "react-i18next";
import { api, pageOf } from "@/api/client";
import { useList } from "@/api/lists";
import type { Operation } from "@/api/types";
import { type OperationColumn, useOperationColumns } from "@/nouns/operation-columns";
import { DataTable } from "@/ui/data-table";
import { EmptyState } from "@/ui/empty-state";

const SHOWN: readonly OperationColumn[] = ["status", "verb", "about", "by", "created", "took", "tries", "reason", "id"];
const HIDDEN: readonly OperationColumn[] = ["tries", "reason", "id"];

/** All that was asked of it, newest first. */
export function OperationsTab({ id }: { id: string }) {
  const { t } = useTranslation("emulators");
  const { t: op } = useTranslation("operations");
  const navigate = useNavigate();
  const columns = useOperationColumns(SHOWN, HIDDEN);
  const list = useList<Operation>({
    noun: "operations",
    params: {},
    of: id,
    fetch: (cursor) => pageOf<Operation>(api.GET("/api/emulators/{emulator_id}/operations", { params: { path: { emulator_id: id }, query: { limit: 100, ...(cursor === undefined ? {} : { cursor }) } } })),
  });
  return <DataTable name="emulator-operations" label={t("page.operations")} columns={columns} list={list} id={(operation) => operation.id} rowName={(operation) => op(`verbs.${operation.verb}`)} onOpen={({ id: operationId }) => void navigate({ to: "/operations/$operationId", params: { operationId } })} empty={<EmptyState icon={ListChecks} title={t("nothingAsked")} />} />;
}
