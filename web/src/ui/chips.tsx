import type { Look } from "@/lib/states";
import { StateShape } from "@/ui/state-shape";
import styles from "@/ui/chips.module.css";

export interface Chip<T extends string> {
  value: T;
  label: string;
  /** Already written for people; null: not known. */
  count?: string | null;
  look?: Look;
}

interface Props<T extends string> {
  label: string;
  chips: readonly Chip<T>[];
  value: T;
  onChange: (value: T) => void;
}

/** One choice of a few, always in sight: the usual filters of a list. */
export function Chips<T extends string>({ label, chips, value, onChange }: Props<T>) {
  return (
    <div className={styles.chips} role="group" aria-label={label}>
      {chips.map((chip) => (
        <button key={chip.value} type="button" className={styles.chip} aria-pressed={chip.value === value} onClick={() => onChange(chip.value)}>
          {chip.look && (
            <span style={{ color: `var(--${chip.look.tone})`, display: "inline-flex" }}>
              <StateShape shape={chip.look.shape} />
            </span>
          )}
          {chip.label}
          {chip.count !== undefined && chip.count !== null && <span className="number faint">{chip.count}</span>}
        </button>
      ))}
    </div>
  );
}
