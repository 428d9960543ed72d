import { Smartphone } from "lucide-react";
import { useCallback, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, pageOf } from "@/api/client";
import { useList } from "@/api/lists";
import type { Emulator } from "@/api/types";
import { mebibytes } from "@/lib/amounts";
import { EmulatorName } from "@/nouns/names";
import { type Column, DataTable } from "@/ui/data-table";
import { EmptyState } from "@/ui/empty-state";
import { Freshness } from "@/ui/freshness";
import { StateBadge } from "@/ui/state-badge";
import type { TabProps } from "./workstation-page";
import styles from "./columns.module.css";

/** Its emulators; the fleet's own list has all that can be done with them. */
export function EmulatorsTab({ workstation: { id } }: TabProps) {
  const { t, i18n } = useTranslation("workstations");
  const { t: state } = useTranslation("states");
  const [sort, setSort] = useState<string>();
  const fetch = useCallback(
    (cursor: string | undefined) => pageOf<Emulator>(api.GET("/api/workstations/{workstation_id}/emulators", { params: { path: { workstation_id: id }, query: { limit: 200, count: "exact", sort: sort ?? "index", ...(cursor ? { cursor } : {}) } } })),
    [id, sort],
  );
  const list = useList({ noun: "emulators", params: { workstation: id, sort }, fetch });
  const columns = useMemo<Column<Emulator>[]>(
    () => [
      { id: "status", head: t("status"), sort: "status", width: "130px", cell: (each) => <StateBadge of="emulator" state={each.status} stale={!each.current} />, csv: (each) => each.status },
      { id: "index", head: t("index"), sort: "index", width: "84px", align: "right", cell: (each) => <span className="faint">{each.index}</span>, csv: (each) => each.index },
      { id: "name", head: t("name"), sort: "name", width: "minmax(150px, 1.2fr)", cell: (each) => <EmulatorName id={each.id} />, csv: (each) => each.name },
      { id: "trouble", head: t("reasonHead"), width: "minmax(140px, 1.4fr)", cell: (each) => <span className="dim">{each.trouble ?? ""}</span>, csv: (each) => each.trouble },
      { id: "android", head: "Android", sort: "android", width: "90px", cell: (each) => (each.android ? state(`android.${each.android}`) : <span className="faint">–</span>), csv: (each) => each.android },
      { id: "adb", head: "ADB", sort: "adb", width: "80px", cell: (each) => (each.adb ? state(`adb.${each.adb}`) : <span className="faint">–</span>), csv: (each) => each.adb },
      { id: "cpu", head: t("cores"), sort: "cpu", width: "70px", align: "right", cell: (each) => each.cpu ?? "–", csv: (each) => each.cpu },
      { id: "memory", head: t("memory"), sort: "memory", width: "90px", align: "right", cell: (each) => (each.memory_mib === null ? "–" : mebibytes(each.memory_mib, i18n.language)), csv: (each) => each.memory_mib },
      { id: "screen", head: t("screen"), width: "130px", cell: (each) => (each.screen ? <span className="number">{`${each.screen.width}×${each.screen.height} · ${each.screen.dpi}`}</span> : "–"), csv: (each) => (each.screen ? `${each.screen.width}x${each.screen.height}@${each.screen.dpi}` : null) },
      { id: "tags", head: t("tags"), width: "minmax(100px, 0.8fr)", cell: (each) => each.tags.map((tag) => <span key={tag} className={styles.tag}>{tag}</span>), csv: (each) => each.tags.join(" ") },
      { id: "seen", head: t("seen"), sort: "seen", width: "110px", cell: (each) => <Freshness at={each.seen_at} oldAfter={120} />, csv: (each) => each.seen_at },
    ],
    [t, state, i18n.language],
  );
  return <DataTable name="workstation-emulators" label={t("tabs.emulators")} columns={columns} list={list} id={(row) => row.id} rowName={(row) => row.name} sort={sort} onSort={setSort} empty={<EmptyState icon={Smartphone} title={t("noEmulators")}>{t("noEmulatorsText")}</EmptyState>} />;
}
