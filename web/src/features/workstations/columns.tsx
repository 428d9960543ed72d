import { Link } from "@tanstack/react-router";
import type { TFunction } from "i18next";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Workstation } from "@/api/types";
import { bytes } from "@/lib/amounts";
import { TROUBLED } from "@/lib/states";
import { fleet, tallyOf } from "@/live/fleet-store";
import { useCountsOf } from "@/live/use-fleet";
import type { Column } from "@/ui/data-table";
import { Freshness } from "@/ui/freshness";
import { Meter } from "@/ui/meter";
import { StateBadge } from "@/ui/state-badge";
import { loadOf } from "./load";
import styles from "./columns.module.css";

const OLD_AFTER_S = 120;

export function useWorkstationColumns(): readonly Column<Workstation>[] {
  const { t, i18n } = useTranslation("workstations");
  return useMemo(() => columns(t, i18n.language), [t, i18n.language]);
}

function columns(t: TFunction<"workstations">, language: string): Column<Workstation>[] {
  return [
    { id: "status", head: t("status"), sort: "status", width: "136px", cell: (each) => <span title={each.status_reason ?? ""}><StateBadge of="workstation" state={each.status} /></span>, csv: (each) => each.status },
    { id: "name", head: t("name"), sort: "name", width: "minmax(116px, 1fr)", cell: (each) => <Link to="/workstations/$workstationId" params={{ workstationId: each.id }} className={styles.name ?? ""}>{each.name}</Link>, csv: (each) => each.name },
    { id: "host", head: t("address"), sort: "host", width: "minmax(100px, 0.7fr)", cell: (each) => <span className="mono">{each.transport === "local" ? t("here") : each.host}</span>, csv: (each) => each.host },
    { id: "site", head: t("site"), sort: "site", width: "82px", cell: (each) => each.site, csv: (each) => each.site },
    { id: "transport", head: t("transport"), sort: "transport", width: "90px", hidden: true, cell: (each) => t(`transports.${each.transport}`), csv: (each) => each.transport },
    { id: "ldplayer", head: "LDPlayer", width: "84px", cell: (each) => <Installs of={each} />, csv: (each) => each.installs.map((install) => install.version ?? install.generation).join(" ") },
    { id: "emulators", head: t("running"), width: "minmax(110px, 0.9fr)", cell: (each) => <Running id={each.id} label={t("running")} />, csv: (each) => running(each.id).join("/") },
    { id: "cpu", head: t("cpu"), width: "86px", cell: (each) => <Meter percent={loadOf(each).cpu} label={t("cpu")} />, csv: (each) => loadOf(each).cpu },
    { id: "memory", head: t("memory"), width: "86px", cell: (each) => <Meter percent={loadOf(each).memory} label={t("memory")} />, csv: (each) => loadOf(each).memory },
    { id: "disk", head: t("diskFree"), width: "88px", align: "right", cell: (each) => <Disk of={each} language={language} />, csv: (each) => loadOf(each).diskFree },
    { id: "seen", head: t("seen"), sort: "seen", width: "112px", cell: (each) => <Freshness at={each.seen_at} oldAfter={OLD_AFTER_S} />, csv: (each) => each.seen_at },
    { id: "reason", head: t("reasonHead"), width: "minmax(96px, 1.8fr)", cell: (each) => <span className="dim" title={each.status_reason ?? ""}>{each.status_reason ?? ""}</span>, csv: (each) => each.status_reason },
    { id: "tags", head: t("tags"), width: "minmax(84px, 0.7fr)", cell: (each) => each.tags.map((tag) => <span key={tag} className={styles.tag}>{tag}</span>), csv: (each) => each.tags.join(" ") },
    { id: "notes", head: t("notes"), width: "minmax(120px, 1fr)", hidden: true, cell: (each) => each.notes, csv: (each) => each.notes },
    { id: "id", head: t("id"), sort: "id", width: "250px", hidden: true, cell: (each) => <code>{each.id}</code>, csv: (each) => each.id },
  ];
}

function running(id: string): [number, number] {
  const { running, total } = tallyOf(fleet.countsOf(id));
  return [running, total];
}

function Installs({ of }: { of: Workstation }) {
  if (of.installs.length === 0) return <span className="faint">–</span>;
  const told = of.installs.map((each) => each.version ?? String(each.generation));
  return <span className="number" title={of.installs.map((each) => each.path).join("\n")}>{told.join(", ")}</span>;
}

/** A strip of its emulators by state, and how many of them run. */
function Running({ id, label }: { id: string; label: string }) {
  const counts = useCountsOf(id);
  const [now, total] = running(id);
  if (total === 0) return <span className="faint">–</span>;
  const troubled = TROUBLED.reduce((sum, status) => sum + counts[status], 0);
  const parts = [
    ["good", counts.ready],
    ["busy", counts.starting],
    ["bad", troubled],
    ["calm", counts.unknown],
  ] as const;
  return (
    <span className={styles.running} aria-label={`${label}: ${now}/${total}`} role="img">
      <span className={styles.strip}>
        {parts.map(([tone, number]) => number > 0 && <span key={tone} style={{ width: `${(100 * number) / total}%`, background: `var(--${tone})` }} />)}
      </span>
      <span className="number">{now}<span className="faint">/{total}</span></span>
    </span>
  );
}

function Disk({ of, language }: { of: Workstation; language: string }) {
  const { diskFree, tight } = loadOf(of);
  if (diskFree === null) return <span className="faint">–</span>;
  return <span style={tight === "calm" ? {} : { color: `var(--${tight})` }}>{bytes(diskFree, language)}</span>;
}
