import { Link } from "@tanstack/react-router";
import type { TFunction } from "i18next";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Operation } from "@/api/types";
import { lasting, since } from "@/lib/time";
import { fleet } from "@/live/fleet-store";
import { EmulatorName, WorkstationName } from "@/nouns/names";
import type { Column } from "@/ui/data-table";
import { Moment, useNow } from "@/ui/freshness";
import { ProgressBar } from "@/ui/meter";
import { StateBadge } from "@/ui/state-badge";
import styles from "@/nouns/operations.module.css";

export type OperationColumn = "status" | "verb" | "emulator" | "workstation" | "about" | "tries" | "started" | "took" | "by" | "created" | "reason" | "batch" | "id";

const NONE: readonly OperationColumn[] = [];

/** The columns of a list of operations, in this order. */
export function useOperationColumns(wanted: readonly OperationColumn[], hidden: readonly OperationColumn[] = NONE): readonly Column<Operation>[] {
  const { t } = useTranslation("operations");
  return useMemo(() => {
    const all = columns(t);
    return wanted.map((id) => ({ ...all[id], id, hidden: hidden.includes(id) }));
  }, [t, wanted, hidden]);
}

function columns(t: TFunction<"operations">): Record<OperationColumn, Omit<Column<Operation>, "id">> {
  return {
    status: { head: t("status"), sort: "status", width: "130px", cell: (each) => <StateBadge of="operation" state={each.status} />, csv: (each) => each.status },
    verb: { head: t("verb"), sort: "verb", width: "minmax(110px, 0.7fr)", cell: (each) => <OperationLink operation={each} name={t(`verbs.${each.verb}`)} />, csv: (each) => each.verb },
    emulator: { head: t("emulator"), sort: "emulator", width: "minmax(130px, 1fr)", cell: (each) => (each.emulator_id ? <EmulatorName id={each.emulator_id} /> : <span className="faint">–</span>), csv: (each) => (each.emulator_id ? (fleet.get(each.emulator_id)?.name ?? each.emulator_id) : null) },
    workstation: { head: t("workstation"), sort: "workstation", width: "minmax(110px, 0.8fr)", cell: (each) => <WorkstationName id={each.workstation_id} />, csv: (each) => fleet.workstation(each.workstation_id)?.name ?? each.workstation_id },
    about: { head: t("about"), width: "minmax(200px, 2.2fr)", cell: (each) => <About operation={each} />, csv: (each) => each.waiting_for ?? each.failure?.detail ?? each.message },
    tries: { head: t("tries"), sort: "tries", width: "76px", align: "right", cell: (each) => each.attempt, csv: (each) => each.attempt },
    started: { head: t("started"), sort: "started", width: "128px", cell: (each) => <Moment at={each.started_at} />, csv: (each) => each.started_at },
    took: { head: t("took"), width: "84px", align: "right", cell: (each) => <Took operation={each} />, csv: (each) => seconds(each) },
    by: { head: t("by"), sort: "by", width: "minmax(80px, 0.5fr)", cell: (each) => each.requested_by, csv: (each) => each.requested_by },
    created: { head: t("created"), sort: "created", width: "128px", cell: (each) => <Moment at={each.created_at} />, csv: (each) => each.created_at },
    reason: { head: t("reason"), sort: "reason", width: "minmax(120px, 1fr)", cell: (each) => each.reason ?? "", csv: (each) => each.reason },
    batch: { head: t("batch"), width: "150px", cell: (each) => each.batch_id && <Link to="/operations/batches/$batchId" params={{ batchId: each.batch_id }} className="mono clip">{each.batch_id}</Link>, csv: (each) => each.batch_id },
    id: { head: t("id"), sort: "id", width: "190px", cell: (each) => <code>{each.id}</code>, csv: (each) => each.id },
  };
}

function OperationLink({ operation, name }: { operation: Operation; name: string }) {
  return (
    <Link to="/operations/$operationId" params={{ operationId: operation.id }} className="clip">
      {name}
    </Link>
  );
}

/** What there is to say of it now: why it waits, how far it is, what went wrong. */
export function About({ operation }: { operation: Operation }) {
  const { t } = useTranslation("operations");
  const { status, waiting_for: waits, failure, message, progress } = operation;
  if (failure) {
    return (
      <span className={status === "skipped" || status === "cancelled" ? "dim" : styles.bad} title={`${failure.title}: ${failure.detail}`}>
        {failure.detail}
      </span>
    );
  }
  if (status === "queued") return <span className="dim" title={waits ?? ""}>{waits ?? t("waits")}</span>;
  if (status === "running" || status === "cancelling") {
    return (
      <span className={styles.going} title={message ?? ""}>
        <ProgressBar done={progress} label={t(`verbs.${operation.verb}`)} />
        <span className="clip dim">{message ?? ""}</span>
      </span>
    );
  }
  return <span className="faint" title={message ?? ""}>{message ?? ""}</span>;
}

function seconds({ started_at: from, finished_at: to }: Operation, now = Date.now()): number | null {
  return from === null ? null : Math.max(0, to === null ? since(from, now) : since(from, Date.parse(to)));
}

/** How long it took, or takes by now. */
export function Took({ operation }: { operation: Operation }) {
  const { i18n } = useTranslation();
  const now = useNow(1);
  const took = seconds(operation, now);
  return took === null ? <span className="faint">–</span> : <>{lasting(took, i18n.language)}</>;
}
