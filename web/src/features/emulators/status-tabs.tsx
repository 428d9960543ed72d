import { useTranslation } from "react-i18next";
import type { EmulatorStatus } from "@/api/types";
import { count } from "@/lib/amounts";
import { valuesOf, withField } from "@/lib/filter";
import { TROUBLED, type Look } from "@/lib/states";
import { useFleetCounts, useFleetSize } from "@/live/use-fleet";
import { StateShape } from "@/ui/state-shape";
import styles from "./emulators.module.css";

const GROUPS: readonly { name: "all" | "ready" | "starting" | "stopped" | "troubled" | "unknown"; statuses: readonly EmulatorStatus[]; look: Look | null }[] = [
  { name: "all", statuses: [], look: null },
  { name: "ready", statuses: ["ready"], look: { shape: "dot", tone: "good" } },
  { name: "starting", statuses: ["starting"], look: { shape: "turning", tone: "busy" } },
  { name: "stopped", statuses: ["stopped"], look: { shape: "ring", tone: "calm" } },
  { name: "troubled", statuses: TROUBLED, look: { shape: "alert", tone: "bad" } },
  { name: "unknown", statuses: ["unknown"], look: { shape: "dashed", tone: "calm" } },
];

/** The states with their numbers; each is the same as its words in the filter. */
export function StatusTabs({ filter, onFilter }: { filter: string; onFilter: (filter: string) => void }) {
  const { t, i18n } = useTranslation("emulators");
  const counts = useFleetCounts();
  const size = useFleetSize();
  const chosen = valuesOf(filter, "status").toSorted().join();
  return (
    <div className={styles.tabs} role="group" aria-label={t("columns.state")}>
      {GROUPS.map(({ name, statuses, look }) => {
        const number = name === "all" ? (size ?? 0) : statuses.reduce((sum, status) => sum + counts[status], 0);
        const tone = name === "troubled" && number === 0 ? "calm" : look?.tone;
        return (
          <button key={name} type="button" className={styles.tab} aria-pressed={chosen === statuses.toSorted().join()} onClick={() => onFilter(withField(filter, "status", statuses))}>
            {look && <span style={{ color: `var(--${tone})`, display: "inline-flex" }}><StateShape shape={look.shape} /></span>}
            {t(`tabs.${name}`)}
            <b>{size === null ? "–" : count(number, i18n.language)}</b>
          </button>
        );
      })}
    </div>
  );
}
