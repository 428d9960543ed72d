import { History } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { api, pageOf } from "@/api/client";
import { useList } from "@/api/lists";
import type { Change } from "@/api/types";
import { type Column, DataTable } from "@/ui/data-table";
import { EmptyState } from "@/ui/empty-state";
import { Moment } from "@/ui/freshness";
import { StateBadge } from "@/ui/state-badge";

/** What befell it, as the change feed told. */
export function HistoryTab({ id }: { id: string }) {
  const { t } = useTranslation("emulators");
  const list = useList<Change>({
    noun: "emulators",
    params: "events",
    of: id,
    fetch: (cursor) => pageOf<Change>(api.GET("/api/emulators/{emulator_id}/events", { params: { path: { emulator_id: id }, query: { limit: 100, ...(cursor === undefined ? {} : { cursor }) } } })),
  });
  const columns = useMemo<Column<Change>[]>(
    () => [
      { id: "at", head: t("history.at"), cell: (change) => <Moment at={change.at} />, width: "170px", csv: (change) => change.at },
      { id: "what", head: t("history.what"), cell: (change) => t(`history.${change.type.split(".")[1] as "added"}`, { defaultValue: change.type }), width: "130px", csv: (change) => change.type },
      { id: "state", head: t("columns.state"), cell: (change) => <StateBadge of="emulator" state={String(change.data.status ?? "unknown")} stale={change.data.current === false} />, width: "130px", csv: (change) => change.data.status },
      { id: "rungs", head: t("history.rungs"), cell: (change) => <Rungs change={change} />, width: "minmax(200px, 1fr)" },
      { id: "note", head: t("columns.note"), cell: (change) => <span title={String(change.data.trouble ?? "")}>{String(change.data.trouble ?? "–")}</span>, width: "minmax(160px, 1fr)", csv: (change) => change.data.trouble },
    ],
    [t],
  );
  return <DataTable name="emulator-history" label={t("page.history")} columns={columns} list={list} id={(change) => change.id} rowName={(change) => change.at} empty={<EmptyState icon={History} title={t("history.none")} />} />;
}

/** How far up the ladder it was: machine, Android, ADB. */
function Rungs({ change: { data } }: { change: Change }) {
  const { t } = useTranslation("emulators");
  const { t: state } = useTranslation("states");
  const told = [
    data.power ? t(`power.${String(data.power)}` as "power.running") : null,
    data.android ? `Android: ${state(`android.${String(data.android)}` as "android.ready")}` : null,
    data.adb ? `ADB: ${state(`adb.${String(data.adb)}` as "adb.ready")}` : null,
  ];
  return <span className="dim">{told.filter(Boolean).join(" · ")}</span>;
}
