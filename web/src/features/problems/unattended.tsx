import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { unattendedQuery } from "@/api/problems";
import { count } from "@/lib/amounts";
import styles from "./problems.module.css";

/** How many problems nobody looks after; nothing where there are none. */
export function Unattended() {
  const { i18n } = useTranslation();
  const { data } = useQuery(unattendedQuery);
  const total = data?.total ?? data?.items.length ?? 0;
  return total === 0 ? null : <b className={styles.badge}>{count(total, i18n.language)}</b>;
}
