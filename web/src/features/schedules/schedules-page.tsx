import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, getRouteApi } from "@tanstack/react-router";
import { CalendarClock, Pause, Play, Plus } from "lucide-react";
import { useCallback, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, pageOf } from "@/api/client";
import { useList } from "@/api/lists";
import { keys } from "@/api/queries";
import { useMay } from "@/api/session";
import { type Column, DataTable } from "@/ui/data-table";
import { EmptyState } from "@/ui/empty-state";
import { Freshness, Moment, Until } from "@/ui/freshness";
import { Page } from "@/ui/page";
import { ProblemNote } from "@/ui/problem-note";
import type { Schedule } from "./plan";
import { pauseAll, pauseQuery, resumeAll } from "./requests";
import { OnOff, OnWhich, When } from "./said";
import { SchedulePanel } from "./schedule-panel";
import styles from "./schedules.module.css";

const route = getRouteApi("/frame/schedules");

export function SchedulesPage() {
  const { t } = useTranslation("schedules");
  const { t: op } = useTranslation("operations");
  const { open } = route.useSearch();
  const navigate = route.useNavigate();
  const may = useMay("operator");
  const pause = useQuery(pauseQuery);
  const fetch = useCallback((cursor: string | undefined) => pageOf<Schedule>(api.GET("/api/schedules", { params: { query: { limit: 100, ...(cursor ? { cursor } : {}) } } })), []);
  const list = useList({ noun: "schedules", params: {}, fetch });
  const columns = useMemo<Column<Schedule>[]>(
    () => [
      { id: "enabled", head: t("state"), width: "110px", cell: (each) => <OnOff enabled={each.enabled} />, csv: (each) => (each.enabled ? "on" : "off") },
      { id: "name", head: t("name"), width: "minmax(140px, 1.2fr)", cell: (each) => <Link to="/schedules/$scheduleId" params={{ scheduleId: each.id }} className={styles.name ?? ""}>{each.name}</Link>, csv: (each) => each.name },
      { id: "verb", head: t("verb"), width: "minmax(100px, 0.7fr)", cell: (each) => op(`verbs.${each.verb}`), csv: (each) => each.verb },
      { id: "on", head: t("on"), width: "minmax(130px, 1.2fr)", cell: (each) => <OnWhich of={each} />, csv: (each) => each.filter ?? each.ids.join(" ") },
      { id: "when", head: t("when"), width: "minmax(190px, 1.3fr)", cell: (each) => <When of={each} />, csv: (each) => `${each.cron} ${each.zone}` },
      { id: "next", head: t("next"), width: "120px", cell: (each) => (each.next_runs[0] ? <Until at={each.next_runs[0]} /> : <span className="faint">–</span>), csv: (each) => each.next_runs[0] },
      { id: "last", head: t("last"), width: "minmax(150px, 1fr)", cell: (each) => <Last of={each} />, csv: (each) => each.last?.outcome },
      { id: "by", head: t("by"), width: "100px", cell: (each) => each.requested_by, csv: (each) => each.requested_by },
    ],
    [t, op],
  );
  const show = (open?: string) => void navigate({ search: open ? { open } : {}, replace: true });
  const newButton = may && <Button leftSection={<Plus size={14} />} renderRoot={(props) => <Link to="/schedules/new" {...props} />}>{t("new")}</Button>;
  return (
    <Page
      bar={pause.data?.paused && <PausedNote reason={pause.data.reason} by={pause.data.by} since={pause.data.since} />}
      actions={
        <>
          {may && pause.data && <PauseButton paused={pause.data.paused} />}
          {newButton}
        </>
      }
    >
      <DataTable
        name="schedules"
        label={t("all")}
        columns={columns}
        list={list}
        id={(row) => row.id}
        rowName={(row) => row.name}
        open={open}
        onOpen={(row) => show(row.id)}
        empty={<EmptyState icon={CalendarClock} title={t("none")} actions={newButton}>{t("noneText")}</EmptyState>}
      />
      {open && <SchedulePanel id={open} onClose={() => show()} />}
    </Page>
  );
}

function Last({ of: { last } }: { of: Schedule }) {
  const { t } = useTranslation("schedules");
  if (last === null) return <span className="faint">{t("neverRan")}</span>;
  const told = t(`outcomes.${last.outcome}`);
  return (
    <span title={last.reason ?? ""} style={last.outcome === "failed" ? { color: "var(--bad)" } : {}}>
      {last.batch_id && last.outcome === "submitted" ? <Link to="/operations/batches/$batchId" params={{ batchId: last.batch_id }}>{told}</Link> : told} <span className="faint"><Freshness at={last.at} /></span>
    </span>
  );
}

function PausedNote({ reason, by, since }: { reason: string | null; by: string | null; since: string | null }) {
  const { t } = useTranslation("schedules");
  return (
    <p className={styles.paused} role="status">
      <Pause size={14} aria-hidden />
      <span>
        <b>{t("allPaused")}</b> {t("pausedBy", { by: by ?? "–" })} <Moment at={since} /> · {reason}
      </span>
    </p>
  );
}

/** Stops all schedules at once, with a reason; and lets them go again. */
function PauseButton({ paused }: { paused: boolean }) {
  const { t } = useTranslation("schedules");
  const { t: ui } = useTranslation("ui");
  const queries = useQueryClient();
  const [asking, setAsking] = useState(false);
  const [reason, setReason] = useState("");
  const again = () => queries.invalidateQueries({ queryKey: keys.all("schedules") });
  const stop = useMutation({ mutationFn: () => pauseAll(reason.trim()), onSuccess: () => setAsking(false), onSettled: again });
  const resume = useMutation({ mutationFn: resumeAll, onSettled: again });
  if (paused) return <Button leftSection={<Play size={14} />} loading={resume.isPending} onClick={() => resume.mutate()}>{t("resumeAll")}</Button>;
  return (
    <>
      <Button variant="default" leftSection={<Pause size={14} />} onClick={() => setAsking(true)}>{t("pauseAll")}</Button>
      <Modal opened={asking} onClose={() => setAsking(false)} title={t("pauseTitle")} size={460} withCloseButton={false}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (reason.trim()) stop.mutate();
          }}
        >
          <Stack gap={14}>
            <p className="dim" style={{ margin: 0 }}>{t("pauseText")}</p>
            <TextInput label={ui("reason")} required maxLength={500} value={reason} onChange={(event) => setReason(event.currentTarget.value)} data-autofocus />
            {stop.error && <ProblemNote error={stop.error} />}
            <Group justify="flex-end" gap={8}>
              <Button variant="default" onClick={() => setAsking(false)}>{ui("keep")}</Button>
              <Button type="submit" loading={stop.isPending} disabled={!reason.trim()}>{t("pauseAll")}</Button>
            </Group>
          </Stack>
        </form>
      </Modal>
    </>
  );
}
