import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ListChecks } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useMay } from "@/api/session";
import { cancelBatch, cancelOperation, tasksQuery } from "@/api/tasks";
import type { Batch, Operation } from "@/api/types";
import { FEATURES } from "@/app/features";
import { count } from "@/lib/amounts";
import { UNFINISHED } from "@/lib/states";
import { fleet } from "@/live/fleet-store";
import { EmptyState } from "@/ui/empty-state";
import { ProgressBar } from "@/ui/meter";
import { ProblemNote, useTold } from "@/ui/problem-note";
import { SidePanel } from "@/ui/side-panel";
import { StateBadge } from "@/ui/state-badge";
import { toastRefused } from "@/ui/toasts";
import styles from "@/app/tasks-panel.module.css";

/** Everyone's operations and batches that are not over, live. */
export function TasksPanel({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const { data, error, refetch } = useQuery(tasksQuery);
  const none = data !== undefined && data.batches.length + data.operations.length === 0;
  return (
    <SidePanel title={t("tasks")} onClose={onClose}>
      {error && <ProblemNote error={error} onRetry={() => void refetch()} />}
      {none && <EmptyState icon={ListChecks} title={t("task.none")}>{t("task.noneText")}</EmptyState>}
      <ul className={styles.list}>
        {data?.batches.map((each) => <BatchTask key={each.id} batch={each} />)}
        {data?.operations.map((each) => <OperationTask key={each.id} operation={each} />)}
      </ul>
      {data?.more && <p className="dim">{t("task.more")}</p>}
    </SidePanel>
  );
}

function BatchTask({ batch }: { batch: Batch }) {
  const { t, i18n } = useTranslation();
  const { t: op } = useTranslation("operations");
  const open = UNFINISHED.reduce((sum, status) => sum + (batch.counts[status] ?? 0), 0);
  const failed = (batch.counts.failed ?? 0) + (batch.counts.timed_out ?? 0) + (batch.counts.lost ?? 0);
  const done = batch.total - open;
  return (
    <li className={`card ${styles.task}`}>
      <div className={styles.head}>
        <StateBadge of="batch" state={batch.status} />
        <b className="clip"><Way to="/operations" search={{ batch: batch.id }}>{op(`verbs.${batch.verb}`)}</Way></b>
        <span className="dim number">{op("targets", { count: batch.total, formatted: count(batch.total, i18n.language) })}</span>
      </div>
      <ProgressBar done={batch.total === 0 ? 1 : done / batch.total} label={op(`verbs.${batch.verb}`)} tone={failed > 0 ? "warn" : "busy"} />
      <div className={styles.foot}>
        <span className="number">
          {t("task.done", { done: count(done, i18n.language), total: count(batch.total, i18n.language) })}
          {failed > 0 && <span style={{ color: "var(--bad)" }}> · {t("task.failed", { count: failed, formatted: count(failed, i18n.language) })}</span>}
        </span>
        <Cancel what={t("task.cancelRest")} send={() => cancelBatch(batch.id)} offered={batch.status !== "cancelling"} />
      </div>
    </li>
  );
}

function OperationTask({ operation }: { operation: Operation }) {
  const { t: op } = useTranslation("operations");
  const { t } = useTranslation();
  const of = operation.emulator_id ? fleet.get(operation.emulator_id)?.name : fleet.workstation(operation.workstation_id)?.name;
  return (
    <li className={`card ${styles.task}`}>
      <div className={styles.head}>
        <StateBadge of="operation" state={operation.status} />
        <b><Way to={`/operations/${operation.id}`}>{op(`verbs.${operation.verb}`)}</Way></b>
        <span className="clip dim">{of ?? operation.emulator_id ?? operation.workstation_id}</span>
      </div>
      {operation.status !== "queued" && <ProgressBar done={operation.progress} label={op(`verbs.${operation.verb}`)} />}
      <div className={styles.foot}>
        <span className="clip" title={operation.waiting_for ?? operation.message ?? ""}>{operation.waiting_for ?? operation.message ?? t("task.by", { name: operation.requested_by })}</span>
        <Cancel what={t("task.cancel")} send={() => cancelOperation(operation.id)} offered={operation.status !== "cancelling"} />
      </div>
    </li>
  );
}

/** A way to the operation's page, once there is one. */
function Way({ to, search = {}, children }: { to: string; search?: object; children: ReactNode }) {
  if (!FEATURES.some((each) => each.path === "/operations")) return <>{children}</>;
  return <Link to={to as "/"} search={search}>{children}</Link>;
}

function Cancel({ what, send, offered }: { what: string; send: () => Promise<unknown>; offered: boolean }) {
  const { t } = useTranslation();
  const may = useMay("operator");
  const queries = useQueryClient();
  const cancel = useMutation({
    mutationFn: send,
    onSettled: () => queries.invalidateQueries({ queryKey: tasksQuery.queryKey }),
    onError: (error) => toastRefused(t("task.notCancelled"), <Reason error={error} />),
  });
  if (!may || !offered) return null;
  return <button type="button" disabled={cancel.isPending} onClick={() => cancel.mutate()}>{what}</button>;
}

function Reason({ error }: { error: unknown }) {
  return <>{useTold(error).detail}</>;
}
