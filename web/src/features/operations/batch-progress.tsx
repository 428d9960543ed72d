import { useTranslation } from "react-i18next";
import type { Batch } from "@/api/types";
import { count } from "@/lib/amounts";
import { openOf, partsOf } from "./tally";
import styles from "./batch-progress.module.css";

/** How far a batch is, by how its targets ended. */
export function BatchProgress({ batch }: { batch: Batch }) {
  const { t, i18n } = useTranslation("operations");
  const done = batch.total - openOf(batch);
  const label = t("doneOf", { done: count(done, i18n.language), total: count(batch.total, i18n.language) });
  return (
    <span className={styles.progress}>
      <span className={styles.bar} role="progressbar" aria-label={label} aria-valuemin={0} aria-valuemax={100} aria-valuenow={batch.total === 0 ? 100 : Math.round((100 * done) / batch.total)}>
        {partsOf(batch).map(({ of, share }) => <span key={of} className={styles[of] ?? ""} style={{ width: `${share * 100}%` }} />)}
      </span>
      <span className="number dim">{label}</span>
    </span>
  );
}
