import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ListChecks } from "lucide-react";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import type { Batch, Operation } from "@/api/types";
import { count } from "@/lib/amounts";
import { BATCH_LOOKS, type Look, OPERATION_LOOKS } from "@/lib/states";
import { TargetName } from "@/nouns/names";
import { EmptyState } from "@/ui/empty-state";
import { Freshness } from "@/ui/freshness";
import { ProblemNote } from "@/ui/problem-note";
import { StateShape } from "@/ui/state-shape";
import styles from "./overview.module.css";
import { recentQuery } from "./recent";

/** What anyone asked for last, and what became of it. */
export function RecentOperations() {
  const { t } = useTranslation("overview");
  const { data, error, refetch } = useQuery(recentQuery);
  if (error) return <ProblemNote error={error} onRetry={() => void refetch()} />;
  if (data?.length === 0) return <EmptyState icon={ListChecks} title={t("noOperations")} />;
  return (
    <ul className={styles.rows}>
      {data?.map((each) => (each.is === "batch" ? <BatchRow key={each.batch.id} batch={each.batch} /> : <OperationRow key={each.operation.id} operation={each.operation} />))}
    </ul>
  );
}

const OperationRow = memo(function OperationRow({ operation }: { operation: Operation }) {
  const { t: states } = useTranslation("states");
  const { t: op } = useTranslation("operations");
  return (
    <Line look={OPERATION_LOOKS[operation.status]} at={operation.created_at} by={operation.requested_by}>
      <Link to="/operations/$operationId" params={{ operationId: operation.id }} className="clip">{op(`verbs.${operation.verb}`)}</Link>
      <small className="clip">{states(`operation.${operation.status}`)} · <TargetName of={operation} /></small>
    </Line>
  );
});

const BatchRow = memo(function BatchRow({ batch }: { batch: Batch }) {
  const { i18n } = useTranslation("overview");
  const { t: states } = useTranslation("states");
  const { t: op } = useTranslation("operations");
  return (
    <Line look={BATCH_LOOKS[batch.status]} at={batch.created_at} by={batch.requested_by}>
      <Link to="/operations/batches/$batchId" params={{ batchId: batch.id }} className="clip">{op(`verbs.${batch.verb}`)}</Link>
      <small className="clip">{states(`batch.${batch.status}`)} · {op("targets", { count: batch.total, formatted: count(batch.total, i18n.language) })}</small>
    </Line>
  );
});

function Line({ look: { shape, tone }, at, by, children }: { look: Look; at: string; by: string; children: React.ReactNode }) {
  return (
    <li>
      <span style={{ color: `var(--${tone})` }}><StateShape shape={shape} /></span>
      <div>{children}</div>
      <span className={styles.age}>{by} · <Freshness at={at} /></span>
    </li>
  );
}
