import { level } from "@/lib/amounts";
import styles from "@/ui/meter.module.css";

/** A load in per cent: amber from 80, red from 92. Null is not known, and not nothing. */
export function Meter({ percent, label }: { percent: number | null; label: string }) {
  if (percent === null) return <span className="faint">–</span>;
  const how = level(percent);
  const bounded = Math.max(0, Math.min(100, percent));
  return (
    <span className={styles.meter} role="meter" aria-label={label} aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round(bounded)}>
      <span className={styles.track}>
        <span className={`${styles.fill} ${styles[how] ?? ""}`} style={{ display: "block", width: `${bounded}%` }} />
      </span>
      <span className={`${styles.number} ${styles[how] ?? ""}`}>{Math.round(percent)}</span>
    </span>
  );
}

/** How far something is, 0 to 1; null: it can't be told. */
export function ProgressBar({ done, label, tone = "busy" }: { done: number | null; label: string; tone?: "busy" | "good" | "bad" | "warn" }) {
  return (
    <span className={styles.track} style={{ display: "block" }} role="progressbar" aria-label={label} aria-valuemin={0} aria-valuemax={100} {...(done === null ? {} : { "aria-valuenow": Math.round(done * 100) })}>
      <span className={styles.fill} style={{ display: "block", width: `${(done ?? 0) * 100}%`, background: `var(--${tone})` }} />
    </span>
  );
}
