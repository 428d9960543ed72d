import { Link } from "@tanstack/react-router";
import { Lock } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Emulator } from "@/api/types";
import { mebibytes } from "@/lib/amounts";
import { lasting, since } from "@/lib/time";
import { useFleetRow } from "@/live/use-fleet";
import { Freshness, Moment, useNow } from "@/ui/freshness";
import { KeyValue } from "@/ui/key-value";
import { StateBadge } from "@/ui/state-badge";
import styles from "./emulators.module.css";

/** What is known of an emulator, and how old that is. The live part follows the fleet. */
export function Facts({ emulator }: { emulator: Emulator }) {
  const { t } = useTranslation("emulators");
  const { t: state } = useTranslation("states");
  const where = <Link to="/workstations/$workstationId" params={{ workstationId: emulator.workstation_id }}>{emulator.workstation_name}</Link>;
  return (
    <KeyValue
      facts={[
        [t("columns.state"), <LiveState key="state" emulator={emulator} />],
        ...ladder(),
        [t("columns.seen"), <Freshness key="seen" at={emulator.seen_at} oldAfter={120} />],
        [t("columns.workstation"), where],
        [t("columns.site"), emulator.site],
        [t("facts.index"), <span key="index" className="number">{emulator.index}</span>],
        [t("columns.install"), <span key="install" className="mono">{emulator.install}</span>],
        emulator.protected ? [t("protected"), <span key="lock" className={styles.line}><Lock size={13} aria-hidden />{t("facts.protectedText")}</span>] : null,
        ["ID", <span key="id" className="mono">{emulator.id}</span>],
      ]}
    />
  );

  function ladder(): (readonly [string, ReactNode])[] {
    if (!emulator.current) {
      const { power, android, adb } = emulator.last_known;
      return [[t("facts.lastKnown"), [t(`power.${power}`), state(`android.${android}`), state(`adb.${adb}`)].join(" · ")]];
    }
    return [
      [t("facts.power"), t(`power.${emulator.power}`)],
      [t("columns.android"), emulator.android ? state(`android.${emulator.android}`) : "–"],
      ["ADB", emulator.adb ? state(`adb.${emulator.adb}`) : "–"],
    ];
  }
}

function LiveState({ emulator }: { emulator: Emulator }) {
  const { t, i18n } = useTranslation("emulators");
  const row = useFleetRow(emulator.id);
  const now = useNow(10);
  const current = row?.current ?? emulator.current;
  return (
    <span className={styles.line} style={{ flexWrap: "wrap", rowGap: 0 }}>
      <StateBadge of="emulator" state={row?.status ?? emulator.status} stale={!current} />
      {row && current && <span className="dim">{t("facts.for", { time: lasting(Math.max(0, Math.round(since(row.since, now))), i18n.language) })}</span>}
    </span>
  );
}

/** What it is made of, as its configuration file told. */
export function Configured({ emulator }: { emulator: Emulator }) {
  const { t, i18n } = useTranslation("emulators");
  const { screen } = emulator;
  return (
    <KeyValue
      facts={[
        [t("columns.cpu"), emulator.cpu ?? t("unknown")],
        [t("columns.memory"), emulator.memory_mib === null ? t("unknown") : mebibytes(emulator.memory_mib, i18n.language)],
        [t("facts.screen"), screen ? <span key="screen" className="number">{`${screen.width}×${screen.height} · ${screen.dpi} dpi`}</span> : t("unknown")],
        [t("facts.created"), <Moment key="created" at={emulator.created_at} />],
      ]}
    />
  );
}
