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
export function StateBadge(props: Props) {
  const { t } = useTranslation("states");
  return <StateMark {...props} word={t(`${props.of}.${props.state}` as "emulator.ready", { defaultValue: props.state })} />;
}

/** The same by a word that is known: for live rows, where each hook counts. */
export function StateMark({ of, state, stale = false, word }: Props & { word: string }) {
  const { shape, tone } = lookOf(of, state);
  return (
    <span className={`${styles.badge} ${styles[stale ? "stale" : tone]}`}>
      <StateShape shape={shape} />
      <span className="clip">{word}</span>
    </span>
  );
}
