import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answer, api } from "@/api/client";
import type { Problem } from "@/api/problems";
import { useMay } from "@/api/session";
import type { Schema } from "@/api/types";
import { ConfirmDialog } from "@/ui/confirm-dialog";
import { ProblemNote } from "@/ui/problem-note";
import { StateShape } from "@/ui/state-shape";
import { toastStarted } from "@/ui/toasts";
import styles from "./problems.module.css";
import { pathOf } from "./subject";

/** What mends a problem: the sentence, and the request or the page that does it. */
export function Remedy({ of }: { of: Problem }) {
  const { t } = useTranslation("problems");
  return (
    <section className={styles.remedy}>
      <h3>{t("remedy")}</h3>
      <p>{t(`remedies.${of.kind}`, { defaultValue: of.remedy })}</p>
      <Act of={of} />
    </section>
  );
}

function Act({ of }: { of: Problem }) {
  const { t } = useTranslation("problems");
  const operator = useMay("operator");
  switch (of.kind) {
    case "workstation_unreachable":
    case "no_desktop":
      return operator ? <Test id={of.subject} /> : null;
    case "service_wedged":
      return operator ? <QuitAll id={of.subject} name={of.subject_name} /> : null;
    case "schedule_failed":
      return operator ? <RunNow id={of.subject} name={of.subject_name} /> : null;
    default:
      return <Link to={pathOf(of)}>{t("openWorkstation", { name: of.subject_name })}</Link>;
  }
}

function Test({ id }: { id: string }) {
  const { t } = useTranslation("problems");
  const test = useMutation({ mutationFn: () => answer(api.POST("/api/workstations/{workstation_id}/test-connection", { params: { path: { workstation_id: id } } })) });
  return (
    <>
      <Button variant="default" loading={test.isPending} onClick={() => test.mutate()}>{t("test")}</Button>
      {test.error && <ProblemNote error={test.error} />}
      {test.data && <Stages report={test.data} />}
    </>
  );
}

/** Every rung of the test as far as it came, and how the one that failed is mended. */
function Stages({ report }: { report: Schema<"ConnectionReportOut"> }) {
  const { t } = useTranslation("problems");
  return (
    <ul className={styles.stages} aria-label={t("test")}>
      {report.stages.map((stage) => (
        <li key={stage.name} className={stage.ok === null ? "faint" : ""}>
          <span style={{ color: stage.ok === null ? "var(--calm)" : stage.ok ? "var(--good)" : "var(--bad)" }}>
            <StateShape shape={stage.ok === null ? "dashed" : stage.ok ? "check" : "alert"} />
          </span>
          <span>
            {t(`stages.${stage.name}`)}
            {stage.ok === false && <span className="dim"> · {stage.detail} {stage.hint}</span>}
          </span>
        </li>
      ))}
    </ul>
  );
}

function QuitAll({ id, name }: { id: string; name: string }) {
  const { t } = useTranslation("problems");
  const [asking, setAsking] = useState(false);
  const quit = useMutation({
    mutationFn: (reason: string | null) => answer(api.POST("/api/workstations/{workstation_id}/quit-all", { params: { path: { workstation_id: id } }, body: { reason } })),
    onSuccess: () => {
      setAsking(false);
      toastStarted(t("quitAllAsked", { name }));
    },
  });
  return (
    <>
      <Button variant="default" onClick={() => setAsking(true)}>{t("quitAll")}</Button>
      <ConfirmDialog opened={asking} title={t("quitAllTitle", { name })} action={t("quitAll")} withReason pending={quit.isPending} error={quit.error} onConfirm={(reason) => quit.mutate(reason)} onClose={() => setAsking(false)}>
        {t("quitAllText")}
      </ConfirmDialog>
    </>
  );
}

function RunNow({ id, name }: { id: string; name: string }) {
  const { t } = useTranslation("problems");
  const run = useMutation({
    mutationFn: () => answer(api.POST("/api/schedules/{schedule_id}/run", { params: { path: { schedule_id: id } } })),
    onSuccess: () => toastStarted(t("runAsked", { name })),
  });
  return (
    <>
      <Button variant="default" loading={run.isPending} onClick={() => run.mutate()}>{t("run")}</Button>
      {run.error && <ProblemNote error={run.error} />}
    </>
  );
}
