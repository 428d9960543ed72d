import { useTranslation } from "react-i18next";
import { count } from "@/lib/amounts";
import type { FleetOrder } from "@/live/order";
import { useFleetSize, useStore } from "@/live/use-fleet";
import { TableTools } from "@/ui/table-tools";
import styles from "./emulators.module.css";

const HINTS = [["move", "↑↓"], ["pick", "x"], ["range", "⇧"], ["open", "↵"], ["menu", "."], ["filter", "/"]] as const;

/** How many are seen, whether their order is held, the keys, and what the table can do. */
export function FleetFoot({ order, may, tools }: { order: FleetOrder; may: boolean; tools: Parameters<typeof TableTools>[0] }) {
  const { t, i18n } = useTranslation("emulators");
  const ids = useStore(order.ids);
  const held = useStore(order.held);
  const size = useFleetSize();
  return (
    <footer className={styles.foot}>
      <span className="number">{size === null ? t("loading") : t("shownOf", { shown: count(ids.length, i18n.language), all: count(size, i18n.language) })}</span>
      {held && <span className={styles.held} title={t("heldText")}>{t("held")}</span>}
      <span className={styles.hints} aria-hidden>
        {HINTS.filter(([name]) => may || name !== "menu").map(([name, key]) => <span key={name}><kbd>{key}</kbd>{t(`hints.${name}`)}</span>)}
      </span>
      <TableTools {...tools} />
    </footer>
  );
}
