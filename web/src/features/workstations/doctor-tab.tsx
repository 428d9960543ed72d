import { Button } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Download, Stethoscope } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useMay } from "@/api/session";
import type { Schema } from "@/api/types";
import { ProblemError } from "@/lib/problem";
import type { Look } from "@/lib/states";
import { EmptyState } from "@/ui/empty-state";
import { Freshness } from "@/ui/freshness";
import { ProblemNote } from "@/ui/problem-note";
import { Section } from "@/ui/section";
import { StateShape } from "@/ui/state-shape";
import { toastStarted } from "@/ui/toasts";
import { doctorQuery, examine } from "./requests";
import type { TabProps } from "./workstation-page";
import styles from "./doctor-tab.module.css";

type Finding = Schema<"FindingOut">;
type Verdict = Finding["verdict"];

const LOOKS: Record<Verdict, Look> = { warning: { shape: "alert", tone: "warn" }, unknown: { shape: "dashed", tone: "calm" }, ok: { shape: "check", tone: "good" } };
const VERDICTS = ["warning", "unknown", "ok"] as const;

/** What a real PC answered to all that is not known of real ones; what is to be mended stands first. */
export function DoctorTab({ workstation: { id } }: TabProps) {
  const { t } = useTranslation("workstations");
  const may = useMay("operator");
  const { data, error } = useQuery(doctorQuery(id));
  const ask = useMutation({
    mutationFn: () => examine(id),
    onSuccess: (operation) => toastStarted(t("asked"), <Link to="/operations/$operationId" params={{ operationId: operation.id }}>{t("follow")}</Link>),
  });
  const never = error instanceof ProblemError && error.code === "never_examined";
  const button = may && <Button leftSection={<Stethoscope size={15} aria-hidden />} loading={ask.isPending} onClick={() => ask.mutate()}>{t("doctor.ask")}</Button>;
  return (
    <div className={styles.page}>
      {ask.error && <ProblemNote error={ask.error} />}
      {error && !never && <ProblemNote error={error} />}
      {never && <EmptyState icon={Stethoscope} title={t("doctor.never")} actions={button}>{t("doctor.text")}</EmptyState>}
      {data && (
        <>
          <div className={styles.line}>
            {button}
            <Button component="a" variant="default" leftSection={<Download size={15} aria-hidden />} href={`/api/workstations/${id}/doctor/bundle`} download>{t("doctor.bundle")}</Button>
            <span className="dim">{t("doctor.askedAt")} <Freshness at={data.asked_at} /></span>
          </div>
          <p className="dim" style={{ margin: 0 }}>{t("doctor.bundleText")}</p>
          {VERDICTS.map((verdict) => <Findings key={verdict} verdict={verdict} findings={data.findings.filter((each) => each.verdict === verdict)} />)}
        </>
      )}
    </div>
  );
}

function Findings({ verdict, findings }: { verdict: Verdict; findings: readonly Finding[] }) {
  const { t } = useTranslation("workstations");
  const { shape, tone } = LOOKS[verdict];
  if (findings.length === 0) return null;
  return (
    <Section title={`${t(`doctor.${verdict}`)} (${findings.length})`}>
      <ul className={styles.findings}>
        {findings.map((each) => (
          <li key={`${each.probe} ${each.about}`}>
            <span style={{ color: `var(--${tone})` }}><StateShape shape={shape} /></span>
            <div>
              <b>{each.question}</b>
              <span>{each.answer}</span>
              {each.remedy && <span>→ {each.remedy}</span>}
              <small className="faint">{[each.probe, each.about, each.source].filter(Boolean).join(" · ")}</small>
            </div>
          </li>
        ))}
      </ul>
    </Section>
  );
}
