import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { EmulatorStatus } from "@/api/types";
import { count, share } from "@/lib/amounts";
import { withField } from "@/lib/filter";
import { TROUBLED, type Look } from "@/lib/states";
import { useFleetCounts, useFleetSize } from "@/live/use-fleet";
import { StateShape } from "@/ui/state-shape";
import styles from "./overview.module.css";

const TILES: readonly { name: "ready" | "starting" | "stopped" | "troubled" | "unknown"; statuses: readonly EmulatorStatus[]; look: Look }[] = [
  { name: "ready", statuses: ["ready"], look: { shape: "dot", tone: "good" } },
  { name: "starting", statuses: ["starting"], look: { shape: "turning", tone: "busy" } },
  { name: "stopped", statuses: ["stopped"], look: { shape: "ring", tone: "calm" } },
  { name: "troubled", statuses: TROUBLED, look: { shape: "alert", tone: "bad" } },
  { name: "unknown", statuses: ["unknown"], look: { shape: "dashed", tone: "calm" } },
];

/** How many are what; each leads to them. */
export function Tiles() {
  const { t, i18n } = useTranslation("overview");
  const counts = useFleetCounts();
  const size = useFleetSize();
  const beneath = (name: (typeof TILES)[number]["name"], number: number) => {
    if (size === null) return t("loading");
    if (name === "ready") return t("ofAll", { share: size === 0 ? "–" : share(number / size, i18n.language), count: size, formatted: count(size, i18n.language) });
    return t(`beneath.${name}`);
  };
  return (
    <section className={styles.tiles} aria-label={t("fleet")}>
      {TILES.map(({ name, statuses, look }) => {
        const number = statuses.reduce((sum, status) => sum + counts[status], 0);
        const tone = name === "troubled" && number === 0 ? "calm" : look.tone;
        return (
          <Link key={name} to="/emulators" search={{ q: withField("", "status", statuses) }} className={`card ${styles.tile}`}>
            <span className={styles.what}>
              <span style={{ color: `var(--${tone})`, display: "inline-flex" }}><StateShape shape={look.shape} /></span>
              {t(name)}
            </span>
            <b>{size === null ? "–" : count(number, i18n.language)}</b>
            <small>{beneath(name, number)}</small>
          </Link>
        );
      })}
    </section>
  );
}
