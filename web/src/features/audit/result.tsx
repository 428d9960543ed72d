import { useTranslation } from "react-i18next";
import type { Schema } from "@/api/types";
import { StateShape } from "@/ui/state-shape";
import styles from "./audit.module.css";

/** Done, or refused and why. */
export function Result({ of: { result, code } }: { of: Schema<"AuditEntryOut"> }) {
  const { t } = useTranslation("audit");
  return (
    <span className={`${styles.result} ${styles[result]}`} title={code ?? ""}>
      <StateShape shape={result === "done" ? "check" : "cross"} />
      {t(`results.${result}`)}
    </span>
  );
}
