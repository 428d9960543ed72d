import { Button } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ExternalLink, RotateCcw } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useMay } from "@/api/session";
import { cancelBatch } from "@/api/tasks";
import type { Batch } from "@/api/types";
import { count } from "@/lib/amounts";
import { fleet } from "@/live/fleet-store";
import { retryBatch } from "@/nouns/operation-actions";
import { EmptyState } from "@/ui/empty-state";
import { Freshness } from "@/ui/freshness";
import { ProgressBar } from "@/ui/meter";
import { ProblemNote } from "@/ui/problem-note";
import { SidePanel } from "@/ui/side-panel";
import { StateBadge } from "@/ui/state-badge";
import { CircleCheck } from "lucide-react";
import { badResultsQuery, batchQuery } from "./asking";
import styles from "./emulators.module.css";

const OVER = new Set<Batch["status"]>(["succeeded", "partial", "failed", "cancelled"]);
const GOING = ["queued", "running", "cancelling"] as const;

interface Props {
  id: string;
  onBatch: (id: string) => void;
  onOpen: (emulatorId: string) => void;
  onClose: () => void;
}

/** How a batch goes, and the result for each target that needs a look. */
export function BatchPanel({ id, onBatch, onOpen, onClose }: Props) {
  const { t } = useTranslation("emulators");
  const { t: op } = useTranslation("operations");
  const batch = useQuery(batchQuery(id));
  const title = batch.data ? op(`verbs.${batch.data.verb}`) : t("results");
  const whole = (
    <Link to="/operations/batches/$batchId" params={{ batchId: id }} aria-label={t("batch.whole")} title={t("batch.whole")} className={styles.link ?? ""} style={{ padding: 6, display: "grid" }}>
      <ExternalLink size={15} aria-hidden />
    </Link>
  );
  return (
    <SidePanel title={title} actions={whole} onClose={onClose}>
      {batch.error && <ProblemNote error={batch.error} onRetry={() => void batch.refetch()} />}
      {batch.data && <Going batch={batch.data} onBatch={onBatch} />}
      {batch.data && <BadOnes batch={batch.data} onOpen={onOpen} />}
    </SidePanel>
  );
}

function Going({ batch, onBatch }: { batch: Batch; onBatch: (id: string) => void }) {
  const { t, i18n } = useTranslation("emulators");
  const { t: state } = useTranslation("states");
  const { t: app } = useTranslation();
  const may = useMay("operator");
  const retry = useMutation({ mutationFn: () => retryBatch(batch.id), onSuccess: (next) => onBatch(next.id) });
  const cancel = useMutation({ mutationFn: () => cancelBatch(batch.id) });
  const counts = batch.counts as Record<string, number>;
  const going = GOING.reduce((sum, status) => sum + (counts[status] ?? 0), 0);
  const over = OVER.has(batch.status);
  const again = batch.total - going - (counts.succeeded ?? 0);
  return (
    <div style={{ display: "grid", gap: 10 }}>
      <div className={styles.line}>
        <StateBadge of="batch" state={batch.status} />
        <span className="dim clip">{t("batch.by", { name: batch.requested_by })}</span>
        <Freshness at={batch.created_at} />
      </div>
      <ProgressBar done={(batch.total - going) / Math.max(1, batch.total)} label={t("results")} tone={!over ? "busy" : batch.status === "succeeded" ? "good" : batch.status === "cancelled" ? "warn" : "bad"} />
      <div className={`${styles.numbers} dim`}>
        {Object.entries(counts).filter(([, number]) => number > 0).map(([status, number]) => (
          <span key={status}><b>{count(number, i18n.language)}</b> {state(`operation.${status}` as "operation.queued", { defaultValue: status })}</span>
        ))}
      </div>
      {batch.waves.length > 1 && <span className="dim">{t("batch.wave", { wave: batch.wave, waves: batch.waves.length })}</span>}
      {batch.halted && <p className={styles.said}>{batch.halted}</p>}
      {batch.reason && <span className="dim">{batch.reason}</span>}
      {(retry.error ?? cancel.error) && <ProblemNote error={retry.error ?? cancel.error} />}
      {may && (
        <div className={styles.buttons}>
          {over && again > 0 && <Button leftSection={<RotateCcw size={14} />} loading={retry.isPending} onClick={() => retry.mutate()}>{t("batch.retry", { count: again, formatted: count(again, i18n.language) })}</Button>}
          {!over && batch.status !== "cancelling" && <Button variant="default" loading={cancel.isPending} onClick={() => cancel.mutate()}>{app("task.cancelRest")}</Button>}
        </div>
      )}
    </div>
  );
}

function BadOnes({ batch, onOpen }: { batch: Batch; onOpen: (emulatorId: string) => void }) {
  const { t } = useTranslation("emulators");
  const bad = useQuery(badResultsQuery(batch.id));
  const items = bad.data?.items ?? [];
  if (bad.data && items.length === 0) return OVER.has(batch.status) ? <EmptyState icon={CircleCheck} title={t("batch.allWell")} /> : null;
  return (
    <section className={styles.section}>
      {items.length > 0 && <h3>{t("batch.look")}</h3>}
      <ul className={styles.list}>
        {items.map((operation) => (
          <li key={operation.id}>
            <span className={styles.line}>
              <StateBadge of="operation" state={operation.status} />
              <button type="button" className={`${styles.link} clip`} onClick={() => operation.emulator_id && onOpen(operation.emulator_id)}>{fleet.get(operation.emulator_id ?? "")?.name ?? operation.emulator_id}</button>
              <span className="faint clip">{fleet.workstation(operation.workstation_id)?.name}</span>
            </span>
            {operation.failure && <span className="dim" title={operation.failure.hint ?? ""}>{operation.failure.detail}</span>}
          </li>
        ))}
      </ul>
      {bad.data?.next_cursor && <Link to="/operations/batches/$batchId" params={{ batchId: batch.id }}>{t("batch.all")}</Link>}
    </section>
  );
}
