import { Button, Group, Stack } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Pencil, Play, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { keys } from "@/api/queries";
import { useMay } from "@/api/session";
import { lasting } from "@/lib/time";
import { ConfirmDialog } from "@/ui/confirm-dialog";
import { Moment, Until } from "@/ui/freshness";
import { KeyValue } from "@/ui/key-value";
import { ProblemNote } from "@/ui/problem-note";
import { SidePanel } from "@/ui/side-panel";
import { toastStarted } from "@/ui/toasts";
import { change, remove, runNow, scheduleQuery } from "./requests";
import { OnOff, OnWhich, When } from "./said";
import styles from "./schedules.module.css";

/** A schedule beside its list: when it comes next, how it went, and what can be done with it. */
export function SchedulePanel({ id, onClose }: { id: string; onClose: () => void }) {
  const { t, i18n } = useTranslation("schedules");
  const { t: op } = useTranslation("operations");
  const may = useMay("operator");
  const queries = useQueryClient();
  const [removing, setRemoving] = useState(false);
  const { data, error, refetch } = useQuery(scheduleQuery(id));
  const again = () => queries.invalidateQueries({ queryKey: keys.all("schedules") });
  const run = useMutation({
    mutationFn: () => runNow(id),
    onSuccess: ({ last }) => toastStarted(t("runAsked"), last?.batch_id && <Link to="/operations/batches/$batchId" params={{ batchId: last.batch_id }}>{t("follow")}</Link>),
    onSettled: again,
  });
  const turn = useMutation({ mutationFn: (enabled: boolean) => change(id, { enabled }, data?.etag ?? "*"), onSettled: again });
  const forget = useMutation({ mutationFn: () => remove(id, data?.etag ?? "*"), onSuccess: onClose, onSettled: again });
  if (!data) {
    return <SidePanel title={t("schedule")} onClose={onClose}>{error && <ProblemNote error={error} onRetry={() => void refetch()} />}</SidePanel>;
  }
  const of = data.schedule;
  const failed = run.error ?? turn.error;
  return (
    <SidePanel title={of.name} onClose={onClose}>
      <Stack gap={14}>
        <Group justify="space-between"><OnOff enabled={of.enabled} /><b>{op(`verbs.${of.verb}`)}</b></Group>
        {may && (
          <Group gap={6}>
            <Button leftSection={<Play size={14} />} loading={run.isPending} onClick={() => run.mutate()}>{t("runNow")}</Button>
            <Button variant="default" loading={turn.isPending} onClick={() => turn.mutate(!of.enabled)}>{t(of.enabled ? "pause" : "resume")}</Button>
            <Button variant="default" leftSection={<Pencil size={14} />} renderRoot={(props) => <Link to="/schedules/$scheduleId" params={{ scheduleId: id }} {...props} />}>{t("edit")}</Button>
            <Button variant="default" leftSection={<Trash2 size={14} />} onClick={() => setRemoving(true)}>{t("remove")}</Button>
          </Group>
        )}
        {failed && <ProblemNote error={failed} />}
        <section aria-label={t("next")}>
          <p className="dim" style={{ margin: "0 0 8px" }}>{t("next")}</p>
          {of.next_runs.length === 0 ? <span className="faint">{t("noNext")}</span> : (
            <ol className={styles.runs}>{of.next_runs.map((at) => <li key={at}><Moment at={at} /><span className="faint"><Until at={at} /></span></li>)}</ol>
          )}
        </section>
        <KeyValue
          facts={[
            [t("on"), <OnWhich key="on" of={of} />],
            [t("when"), <When key="when" of={of} />],
            of.jitter_s > 0 ? [t("jitter"), lasting(of.jitter_s, i18n.language)] : null,
            of.blackouts.length > 0 ? [t("blackouts"), of.blackouts.map((each) => `${each.start}–${each.end} ${each.days.map((day) => t(`days.${day}` as "days.mon")).join(" ")}`).join("; ")] : null,
            [t("overlap"), t(`overlaps.${of.overlap}`)],
            [t("misfire"), t(`misfires.${of.misfire}`)],
            of.policy.waves.length > 0 ? [t("waves"), of.policy.waves.join(", ")] : null,
            of.last ? [t("last"), <span key="last">{t(`outcomes.${of.last.outcome}`)} · <Moment at={of.last.at} /></span>] : null,
            of.last?.reason ? [t("why"), of.last.reason] : null,
            of.last?.batch_id ? [t("batch"), <Link key="batch" to="/operations/batches/$batchId" params={{ batchId: of.last.batch_id }}><code>{of.last.batch_id}</code></Link>] : null,
            of.notes ? [t("notes"), of.notes] : null,
            [t("by"), of.requested_by],
          ]}
        />
      </Stack>
      <ConfirmDialog opened={removing} title={t("removeTitle", { name: of.name })} action={t("remove")} pending={forget.isPending} error={forget.error} onClose={() => setRemoving(false)} onConfirm={() => forget.mutate()}>
        {t("removeText")}
      </ConfirmDialog>
    </SidePanel>
  );
}
