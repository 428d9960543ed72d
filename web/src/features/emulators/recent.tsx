import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Freshness } from "@/ui/freshness";
import { ProblemNote } from "@/ui/problem-note";
import { StateBadge } from "@/ui/state-badge";
import { recentQuery } from "./asking";
import styles from "./emulators.module.css";

/** What was asked of an emulator lately. */
export function Recent({ id }: { id: string }) {
  const { t } = useTranslation("emulators");
  const { t: op } = useTranslation("operations");
  const asked = useQuery(recentQuery(id));
  if (asked.error) return <ProblemNote error={asked.error} />;
  if (asked.data?.items.length === 0) return <span className="dim">{t("nothingAsked")}</span>;
  return (
    <ul className={styles.list}>
      {asked.data?.items.map((operation) => (
        <li key={operation.id}>
          <span className={styles.line}>
            <StateBadge of="operation" state={operation.status} />
            <Link to="/operations/$operationId" params={{ operationId: operation.id }} className="clip">{op(`verbs.${operation.verb}`)}</Link>
            <Freshness at={operation.finished_at ?? operation.created_at} />
          </span>
          <span className="faint clip" title={operation.waiting_for ?? operation.failure?.detail ?? ""}>{operation.waiting_for ?? operation.failure?.detail ?? t("batch.by", { name: operation.requested_by })}</span>
        </li>
      ))}
    </ul>
  );
}
