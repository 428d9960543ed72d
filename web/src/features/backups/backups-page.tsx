import { Button } from "@mantine/core";
import { Link, getRouteApi } from "@tanstack/react-router";
import { Archive, RotateCcw } from "lucide-react";
import { useCallback, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, pageOf } from "@/api/client";
import { useList } from "@/api/lists";
import { useMay } from "@/api/session";
import type { Schema } from "@/api/types";
import { bytes } from "@/lib/amounts";
import { fleet } from "@/live/fleet-store";
import { type ListSearch, listSearch } from "@/routing/search";
import { type Column, DataTable } from "@/ui/data-table";
import { EmptyState } from "@/ui/empty-state";
import { FilterBox } from "@/ui/filter-box";
import { Freshness, Moment } from "@/ui/freshness";
import { Page } from "@/ui/page";
import { StateShape } from "@/ui/state-shape";
import { RestoreDialog } from "./restore-dialog";

type Backup = Schema<"BackupOut">;

const route = getRouteApi("/frame/backups");
const FIELDS = { emulator: [], workstation: [], site: [], file: [], size: [], created: ["<24h", ">30d"] };

/** Every backup there is, where it lies, and the way back. */
export function BackupsPage() {
  const { t } = useTranslation("backups");
  const { t: ui } = useTranslation("ui");
  const { q = "", sort } = route.useSearch();
  const navigate = route.useNavigate();
  const [wanted, setWanted] = useState<Backup | null>(null);
  const fetch = useCallback(
    (cursor: string | undefined) => pageOf<Backup>(api.GET("/api/backups", { params: { query: { limit: 100, count: "exact", ...(q ? { filter: q } : {}), ...(sort ? { sort } : {}), ...(cursor ? { cursor } : {}) } } })),
    [q, sort],
  );
  const list = useList({ noun: "backups", params: { q, sort }, fetch });
  const columns = useColumns(setWanted);
  const show = useCallback((next: { [Key in keyof ListSearch]?: string | undefined }) => void navigate({ search: (now) => listSearch({ ...now, ...next }), replace: true }), [navigate]);
  const filter = useCallback((q: string) => show({ q }), [show]);
  return (
    <Page bar={<FilterBox value={q} onChange={filter} fields={FIELDS} placeholder={t("filter")} error={list.error} />}>
      <DataTable
        name="backups"
        label={t("title")}
        columns={columns}
        list={list}
        id={(row) => row.id}
        rowName={(row) => `${row.emulator_name} ${row.created_at}`}
        sort={sort}
        onSort={(sort) => show({ sort })}
        empty={q ? <EmptyState icon={Archive} title={ui("nothingMatches")} actions={<Button variant="default" onClick={() => filter("")}>{ui("clearFilter")}</Button>} /> : <EmptyState icon={Archive} title={t("none")}>{t("noneText")}</EmptyState>}
      />
      {wanted && <RestoreDialog backup={wanted} onClose={() => setWanted(null)} />}
    </Page>
  );
}

function useColumns(onRestore: (backup: Backup) => void): readonly Column<Backup>[] {
  const { t, i18n } = useTranslation("backups");
  const may = useMay("operator");
  return useMemo(() => {
    const place = (each: Backup) => fleet.workstation(each.workstation_id)?.name ?? each.workstation_id;
    const columns: Column<Backup>[] = [
      { id: "emulator", head: t("emulator"), width: "minmax(140px, 1fr)", sort: "emulator", cell: (each) => <Of backup={each} />, csv: (each) => each.emulator_name },
      { id: "workstation", head: t("workstation"), width: "minmax(120px, 0.8fr)", sort: "workstation", cell: (each) => <Link to={`/workstations/${each.workstation_id}` as string}>{place(each)}</Link>, csv: place },
      { id: "size", head: t("size"), width: "100px", align: "right", sort: "size", cell: (each) => bytes(each.size, i18n.language), csv: (each) => each.size },
      { id: "age", head: t("age"), width: "120px", sort: "created", cell: (each) => <Freshness at={each.created_at} />, csv: (each) => each.created_at },
      { id: "created", head: t("created"), width: "160px", hidden: true, cell: (each) => <Moment at={each.created_at} /> },
      { id: "verified", head: t("verified"), width: "130px", cell: (each) => <Verified sha256={each.sha256} />, csv: (each) => each.sha256 },
      { id: "file", head: t("file"), width: "minmax(200px, 2fr)", sort: "file", cell: (each) => <code title={each.file}>{each.file}</code>, csv: (each) => each.file },
    ];
    if (may) columns.push({ id: "restore", head: t("restore"), width: "140px", cell: (each) => <Button variant="default" h={24} px={10} leftSection={<RotateCcw size={13} />} onClick={() => onRestore(each)}>{t("restore")}</Button> });
    return columns;
  }, [t, i18n.language, may, onRestore]);
}

function Of({ backup }: { backup: Backup }) {
  const { t } = useTranslation("backups");
  if (backup.emulator_id === null) return <span title={t("gone")} className="dim">{backup.emulator_name}</span>;
  return <Link to="/emulators/$emulatorId" params={{ emulatorId: backup.emulator_id }}>{backup.emulator_name}</Link>;
}

/** Whether its bytes were summed where it was written. */
function Verified({ sha256 }: { sha256: string | null }) {
  const { t } = useTranslation("backups");
  return (
    <span style={{ display: "inline-flex", gap: 7, alignItems: "center", color: `var(--${sha256 ? "good" : "calm"})` }} title={sha256 ?? ""}>
      <StateShape shape={sha256 ? "check" : "dashed"} />
      {sha256 ? t("yes") : t("unverified")}
    </span>
  );
}
