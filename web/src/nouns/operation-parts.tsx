import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { RotateCcw, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useMay } from "@/api/session";
import { cancelOperation } from "@/api/tasks";
import type { Operation } from "@/api/types";
import { lasting, since } from "@/lib/time";
import type { Look } from "@/lib/states";
import { About, Took } from "@/nouns/operation-columns";
import { mayCancel, mayRetry, retryOperation, useAsking } from "@/nouns/operation-actions";
import { WorkstationName } from "@/nouns/names";
import type { Step } from "@/nouns/operation-queries";
import { Moment } from "@/ui/freshness";
import { KeyValue } from "@/ui/key-value";
import { ProblemNote, useTold } from "@/ui/problem-note";
import { StateBadge } from "@/ui/state-badge";
import { StateShape } from "@/ui/state-shape";
import { toastRefused, toastStarted } from "@/ui/toasts";
import styles from "@/nouns/operation-parts.module.css";

/** Where it is now: state, how far, what it waits for. */
export function OperationNow({ operation }: { operation: Operation }) {
  return (
    <div className={styles.now}>
      <StateBadge of="operation" state={operation.status} />
      <span className={styles.took}><Took operation={operation} /></span>
      {!operation.failure && <div className={styles.about}><About operation={operation} /></div>}
      {operation.failure && <div className={styles.about}><ProblemNote failure={{ ...operation.failure, correlation_id: operation.correlation_id }} /></div>}
    </div>
  );
}

/** Cancel and retry, where they are offered. */
export function OperationButtons({ operation, onRetried }: { operation: Operation; onRetried?: (id: string) => void }) {
  const { t } = useTranslation("operations");
  const may = useMay("operator");
  const refused = (error: unknown) => toastRefused(t("refused"), <Reason error={error} />);
  const cancel = useAsking(cancelOperation, () => toastStarted(t("cancelAsked")));
  const retry = useAsking(retryOperation, (fresh: Operation) => {
    toastStarted(t("retryAsked"));
    onRetried?.(fresh.id);
  });
  if (!may) return null;
  return (
    <>
      {mayCancel(operation) && <Button variant="default" leftSection={<X size={14} />} loading={cancel.isPending} onClick={() => cancel.mutate(operation.id, { onError: refused })}>{t("cancel")}</Button>}
      {mayRetry(operation) && <Button variant="default" leftSection={<RotateCcw size={14} />} loading={retry.isPending} onClick={() => retry.mutate(operation.id, { onError: refused })}>{t("retry")}</Button>}
    </>
  );
}

export function Reason({ error }: { error: unknown }) {
  return <>{useTold(error).detail}</>;
}

const STEP_LOOKS: Record<Step["status"], Look> = {
  running: { shape: "turning", tone: "busy" },
  succeeded: { shape: "check", tone: "good" },
  failed: { shape: "alert", tone: "bad" },
};

/** The rungs it went up, with the seconds of each. */
export function OperationSteps({ steps }: { steps: readonly Step[] }) {
  const { t, i18n } = useTranslation("operations");
  if (steps.length === 0) return null;
  return (
    <ol className={styles.steps} aria-label={t("steps")}>
      {steps.map((step) => (
        <li key={`${step.name}${step.started_at}`}>
          <span style={{ color: `var(--${STEP_LOOKS[step.status].tone})`, display: "inline-flex" }}><StateShape shape={STEP_LOOKS[step.status].shape} /></span>
          <span className="clip">{t(`step.${step.name}` as "steps", { defaultValue: step.name.replaceAll("_", " ") })}</span>
          <span className="number faint">{step.finished_at ? lasting(since(step.started_at, Date.parse(step.finished_at)), i18n.language) : t("stepRuns")}</span>
          {step.failure && <span className={styles.why}>{step.failure.detail}</span>}
        </li>
      ))}
    </ol>
  );
}

/** What came of it: a command's output as text, all else by name. */
export function OperationResult({ operation }: { operation: Operation }) {
  const { result } = operation;
  if (result === null || Object.keys(result).length === 0) return null;
  const texts = Object.entries(result).filter(([, value]) => typeof value === "string" && value.includes("\n"));
  const facts = Object.entries(result).filter(([name]) => !texts.some(([each]) => each === name));
  return (
    <div className={styles.result}>
      <KeyValue facts={facts.map(([name, value]) => [name.replaceAll("_", " "), <Value key={name} value={value} />] as const)} />
      {texts.map(([name, value]) => (
        <figure key={name}>
          <figcaption className="dim">{name}</figcaption>
          {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scroller has to be reached by the keyboard */}
          <pre tabIndex={0}>{String(value)}</pre>
        </figure>
      ))}
    </div>
  );
}

function Value({ value }: { value: unknown }) {
  if (value === null) return <span className="faint">–</span>;
  if (typeof value === "object") return <code>{JSON.stringify(value)}</code>;
  return typeof value === "string" ? <code>{value}</code> : <span className="number">{String(value)}</span>;
}

/** Who asked, when, and by which ids it is found elsewhere. */
export function OperationFacts({ operation }: { operation: Operation }) {
  const { t, i18n } = useTranslation("operations");
  const of = operation;
  return (
    <KeyValue
      facts={[
        [t("workstation"), <WorkstationName key="ws" id={of.workstation_id} />],
        [t("by"), `${of.requested_by} (${of.source})`],
        of.reason ? [t("reason"), of.reason] : null,
        [t("created"), <Moment key="c" at={of.created_at} />],
        [t("started"), <Moment key="s" at={of.started_at} />],
        [t("finished"), <Moment key="f" at={of.finished_at} />],
        of.not_before ? [t("notBefore"), <Moment key="n" at={of.not_before} />] : null,
        of.expires_at ? [t("expires"), <Moment key="e" at={of.expires_at} />] : null,
        [t("timeout"), lasting(of.timeout_s, i18n.language)],
        of.tries > 0 ? [t("putBack"), of.tries] : null,
        of.retry_of ? [t("retryOf"), <Link key="r" to="/operations/$operationId" params={{ operationId: of.retry_of }}><code>{of.retry_of}</code></Link>] : null,
        of.batch_id ? [t("batch"), <Link key="b" to="/operations/batches/$batchId" params={{ batchId: of.batch_id }}><code>{of.batch_id}</code></Link>] : null,
        [t("id"), <code key="i">{of.id}</code>],
        [t("correlation"), of.correlation_id && <code key="k">{of.correlation_id}</code>],
      ]}
    />
  );
}
