import { useTranslation } from "react-i18next";
import { type StateOf, lookOf } from "@/lib/states";
import { StateShape } from "@/ui/state-shape";
import styles from "@/ui/state-badge.module.css";

interface Props {
  of: StateOf;
  state: string;
  /** What is known is old: greyed, and said so. */
  stale?: boolean;
}

/** A state as everywhere in the product: shape, colour and word. */
export function StateBadge({ of, state, stale = false }: Props) {
  const { t } = useTranslation("states");
  const { shape, tone } = lookOf(of, state);
  return (
    <span className={`${styles.badge} ${styles[stale ? "stale" : tone]}`}>
      <StateShape shape={shape} />
      <span className="clip">{t(`${of}.${state}` as "emulator.ready", { defaultValue: state })}</span>
    </span>
  );
}
