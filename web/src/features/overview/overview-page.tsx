import { useTranslation } from "react-i18next";
import { count } from "@/lib/amounts";
import { TROUBLED, type Look } from "@/lib/states";
import { useFleetCounts, useFleetSize } from "@/live/use-fleet";
import { StateShape } from "@/ui/state-shape";
import styles from "./overview.module.css";

interface Tile {
  name: "ready" | "starting" | "stopped" | "troubled" | "unknown";
  number: number;
  look: Look;
}

/** The fleet at a glance, from the live store. */
export function OverviewPage() {
  const { t, i18n } = useTranslation("overview");
  const counts = useFleetCounts();
  const size = useFleetSize();
  const troubled = TROUBLED.reduce((sum, status) => sum + counts[status], 0);
  const tiles: Tile[] = [
    { name: "ready", number: counts.ready, look: { shape: "dot", tone: "good" } },
    { name: "starting", number: counts.starting, look: { shape: "turning", tone: "busy" } },
    { name: "stopped", number: counts.stopped, look: { shape: "ring", tone: "calm" } },
    { name: "troubled", number: troubled, look: { shape: "alert", tone: troubled > 0 ? "bad" : "calm" } },
    { name: "unknown", number: counts.unknown, look: { shape: "dashed", tone: "calm" } },
  ];
  return (
    <div className={styles.page}>
      <section className={styles.tiles} aria-label={t("fleet")}>
        {tiles.map(({ name, number, look }) => (
          <div key={name} className={`card ${styles.tile}`}>
            <span className={styles.what}>
              <span style={{ color: `var(--${look.tone})`, display: "inline-flex" }}>
                <StateShape shape={look.shape} />
              </span>
              {t(name)}
            </span>
            <b>{size === null ? "–" : count(number, i18n.language)}</b>
            <small>{size === null ? t("loading") : t("ofAll", { count: size, formatted: count(size, i18n.language) })}</small>
          </div>
        ))}
      </section>
    </div>
  );
}
