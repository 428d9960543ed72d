import { useTranslation } from "react-i18next";
import type { Problem } from "@/api/problems";
import { StateShape } from "@/ui/state-shape";
import styles from "./problems.module.css";

/** What is wrong: red while nobody looks after it, calm once somebody does, hollow when it is over. */
export function Kind({ of }: { of: Problem }) {
  const { t } = useTranslation("problems");
  const how = of.ended_at !== null ? "over" : of.acknowledged ? "known" : "bad";
  const shape = how === "over" ? "check" : how === "known" ? "wrench" : "alert";
  return (
    <span className={`${styles.kind} ${styles[how]}`} title={t(`state.${how}`)}>
      <StateShape shape={shape} />
      <span className="clip">{t(`kinds.${of.kind}`)}</span>
      <span className="visually-hidden">{t(`state.${how}`)}</span>
    </span>
  );
}
