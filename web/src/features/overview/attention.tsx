import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ShieldCheck } from "lucide-react";
import { memo, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { answer, api } from "@/api/client";
import { type Problem, unattendedQuery } from "@/api/problems";
import { useMay } from "@/api/session";
import { EMULATOR_LOOKS } from "@/lib/states";
import { fleet } from "@/live/fleet-store";
import type { FleetRow } from "@/live/rows";
import { EmptyState } from "@/ui/empty-state";
import { Freshness, useNow } from "@/ui/freshness";
import { useTold } from "@/ui/problem-note";
import { StateShape } from "@/ui/state-shape";
import { toastRefused, toastStarted } from "@/ui/toasts";
import { ATTENTION, newest } from "./newest";
import styles from "./overview.module.css";

/** What a person should look at: what is wrong with the farm first, then the emulators that went wrong last. */
export function Attention() {
  const { t } = useTranslation("overview");
  const { data } = useQuery(unattendedQuery);
  const now = useNow(2);
  const problems = data?.items.slice(0, ATTENTION) ?? [];
  const emulators = useMemo(() => (now > 0 ? newest(fleet.troubled(), ATTENTION - problems.length) : []), [now, problems.length]);
  if (problems.length + emulators.length === 0) return data ? <EmptyState icon={ShieldCheck} title={t("calm")} /> : null;
  return (
    <ul className={styles.rows}>
      {problems.map((each) => <ProblemRow key={each.id} problem={each} />)}
      {emulators.map((each) => <EmulatorRow key={each.id} row={each} />)}
    </ul>
  );
}

const ProblemRow = memo(function ProblemRow({ problem }: { problem: Problem }) {
  const { t } = useTranslation("overview");
  const { t: words } = useTranslation("problems");
  return (
    <li>
      <span className={styles.bad}><StateShape shape="alert" /></span>
      <div>
        <Link to="/farm-problems" search={{ open: problem.id }} className="clip">{problem.subject_name}</Link>
        <small className="clip">{words(`kinds.${problem.kind}`)}</small>
      </div>
      <span className={styles.age}><Freshness at={problem.since} /></span>
      <Link to="/farm-problems" search={{ open: problem.id }} className={styles.act} aria-label={t("look", { name: problem.subject_name })}>{t("details")}</Link>
    </li>
  );
});

const EmulatorRow = memo(function EmulatorRow({ row }: { row: FleetRow }) {
  const { t } = useTranslation("overview");
  const { t: states } = useTranslation("states");
  const { t: op } = useTranslation("operations");
  const may = useMay("operator");
  const verb = row.status === "crashed" || row.status === "quarantined" ? "launch" : "reboot";
  const ask = useMutation({
    mutationFn: () => {
      const params = { path: { emulator_id: row.id } };
      return verb === "launch" ? answer(api.POST("/api/emulators/{emulator_id}/launch", { params, body: null })) : answer(api.POST("/api/emulators/{emulator_id}/reboot", { params, body: null }));
    },
    onSuccess: () => toastStarted(t("asked", { verb: op(`verbs.${verb}`), name: row.name })),
    onError: (error) => toastRefused(t("refused", { verb: op(`verbs.${verb}`), name: row.name }), <Reason error={error} />),
  });
  const { shape, tone } = EMULATOR_LOOKS[row.status];
  return (
    <li>
      <span style={{ color: `var(--${tone})` }}><StateShape shape={shape} /></span>
      <div>
        <Link to="/emulators/$emulatorId" params={{ emulatorId: row.id }} className="clip">{row.name}</Link>
        <small className="clip" title={row.trouble ?? ""}>{states(`emulator.${row.status}`)}{row.trouble ? ` · ${row.trouble}` : ""}</small>
      </div>
      <span className={styles.age}><Freshness at={row.since} /></span>
      {may && <button type="button" className={styles.act} disabled={ask.isPending} aria-label={`${op(`verbs.${verb}`)} ${row.name}`} onClick={() => ask.mutate()}>{op(`verbs.${verb}`)}</button>}
    </li>
  );
});

function Reason({ error }: { error: unknown }) {
  return <>{useTold(error).detail}</>;
}
