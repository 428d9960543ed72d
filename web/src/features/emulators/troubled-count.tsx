import { useTranslation } from "react-i18next";
import { count } from "@/lib/amounts";
import { TROUBLED } from "@/lib/states";
import { useFleetCounts } from "@/live/use-fleet";
import styles from "./troubled-count.module.css";

/** In the rail: how many emulators a person should look at. */
export function TroubledCount() {
  const { i18n } = useTranslation();
  const counts = useFleetCounts();
  const troubled = TROUBLED.reduce((sum, status) => sum + counts[status], 0);
  return troubled > 0 ? <b className={`${styles.badge} number`}>{count(troubled, i18n.language)}</b> : null;
}
