import { Button, Menu } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, getRouteApi } from "@tanstack/react-router";
import { Copy, ListChecks, Pause, Play, RotateCcw, X } from "lucide-react";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { answer, api, pageOf } from "@/api/client";
import { type List, useList } from "@/api/lists";
import { keys } from "@/api/queries";
import { useMay } from "@/api/session";
import { cancelBatch } from "@/api/tasks";
import type { Batch, Operation } from "@/api/types";
import { count } from "@/lib/amounts";
import { type OperationColumn, useOperationColumns } from "@/nouns/operation-columns";
import { OperationPanel } from "@/nouns/operation-panel";
import { continueBatch, pauseBatch, retryBatch, useAsking } from "@/nouns/operation-actions";
import { Reason } from "@/nouns/operation-parts";
import { Chips } from "@/ui/chips";
import { DataTable } from "@/ui/data-table";
import { EmptyState } from "@/ui/empty-state";
import { Moment } from "@/ui/freshness";
import { Page } from "@/ui/page";
import { ProblemNote } from "@/ui/problem-note";
import { StateBadge } from "@/ui/state-badge";
import { toastRefused, toastStarted } from "@/ui/toasts";
import { Trail } from "@/ui/trail";
import { asCommand, asRequest } from "./as-call";
import { BatchProgress } from "./batch-progress";
import { type Stage, stageOf, statusesOf, withStage } from "./filters";
import { failedOf } from "./tally";
import styles from "./batch-page.module.css";

const route = getRouteApi("/frame/operations/batches/$batchId");
const EMULATORS: readonly OperationColumn[] = ["status", "emulator", "workstation", "about", "tries", "started", "took", "id"];
const PLACES: readonly OperationColumn[] = ["status", "workstation", "about", "tries", "started", "took", "id"];
const HIDDEN: readonly OperationColumn[] = ["id", "started"];

export function BatchPage() {
  const { t, i18n } = useTranslation("operations");
  const { batchId: id } = route.useParams();
  const { q = "", sort, open } = route.useSearch();
  const navigate = route.useNavigate();
  const batch = useQuery({ queryKey: keys.one("batches", id), queryFn: () => answer(api.GET("/api/batches/{batch_id}", { params: { path: { batch_id: id } } })) });
  const fetch = useCallback(
    (cursor: string | undefined) => pageOf<Operation>(api.GET("/api/batches/{batch_id}/operations", { params: { path: { batch_id: id }, query: { limit: 200, count: "exact", ...(q ? { filter: q } : {}), ...(sort ? { sort } : {}), ...(cursor ? { cursor } : {}) } } })),
    [id, q, sort],
  );
  const list = useList({ noun: "operations", params: { batch: id, q, sort }, fetch });
  const ofWorkstations = list.rows[0]?.emulator_id === null;
  const columns = useOperationColumns(ofWorkstations ? PLACES : EMULATORS, HIDDEN);
  const show = (next: { q?: string; sort?: string | undefined; open?: string | undefined }) => void navigate({ search: (now) => Object.fromEntries(Object.entries({ ...now, ...next }).filter(([, value]) => value)), replace: true });
  const data = batch.data;
  if (batch.error && !data) return <Page><ProblemNote error={batch.error} onRetry={() => void batch.refetch()} /></Page>;
  const of = (stage: "open" | "failed" | "done") => count(statusesOf(stage).reduce((sum, status) => sum + (data?.counts[status] ?? 0), 0), i18n.language);
  return (
    <Page
      bar={<Trail to="/operations/batches" label={t("batches")}>{data && `${t(`verbs.${data.verb}`)} · ${t("targets", { count: data.total, formatted: count(data.total, i18n.language) })}`}</Trail>}
      actions={data && <BatchButtons batch={data} list={list} onRetried={(fresh) => void navigate({ to: "/operations/batches/$batchId", params: { batchId: fresh }, search: {} })} />}
    >
      {data && <BatchNow batch={data} />}
      <Chips<Stage>
        label={t("status")}
        value={stageOf(q)}
        onChange={(stage) => show({ q: withStage("", stage) })}
        chips={[
          { value: "all", label: t("stage.all"), count: data ? count(data.total, i18n.language) : null },
          { value: "open", label: t("stage.open"), count: of("open"), look: { shape: "turning", tone: "busy" } },
          { value: "failed", label: t("stage.failed"), count: of("failed"), look: { shape: "alert", tone: "bad" } },
          { value: "done", label: t("stage.done"), count: of("done"), look: { shape: "check", tone: "good" } },
        ]}
      />
      <DataTable
        name="batch-targets"
        label={t("perTarget")}
        columns={columns}
        list={list}
        id={(row) => row.id}
        rowName={(row) => row.id}
        sort={sort}
        onSort={(sort) => show({ sort })}
        open={open}
        onOpen={(row) => show({ open: row.id })}
        empty={<EmptyState icon={ListChecks} title={t("noneHere")} />}
      />
      {open && <OperationPanel id={open} onClose={() => show({ open: undefined })} />}
    </Page>
  );
}

function BatchNow({ batch }: { batch: Batch }) {
  const { t, i18n } = useTranslation("operations");
  return (
    <section className={`card ${styles.now}`} aria-label={t("now")}>
      <div className={styles.line}>
        <StateBadge of="batch" state={batch.status} />
        <span className={styles.progress}><BatchProgress batch={batch} /></span>
        {failedOf(batch) > 0 && <span style={{ color: "var(--bad)" }} className="number">{t("failedCount", { count: failedOf(batch), formatted: count(failedOf(batch), i18n.language) })}</span>}
      </div>
      {batch.halted && <p className={styles.halted}>{batch.halted}</p>}
      <p className={styles.facts}>
        <span>{t("askedBy", { name: batch.requested_by, source: batch.source })}</span>
        <Moment at={batch.created_at} />
        {batch.waves.length > 1 && <span>{t("waveOf", { wave: batch.wave, waves: batch.waves.length })}</span>}
        {batch.next_wave_at && <span>{t("nextWave")} <Moment at={batch.next_wave_at} /></span>}
        {batch.policy.stop_on_failures && <span>{t("stopsAt", { failures: batch.policy.stop_on_failures })}</span>}
        {batch.reason && <span>{t("reason")}: {batch.reason}</span>}
        {batch.retry_of && <Link to="/operations/batches/$batchId" params={{ batchId: batch.retry_of }}>{t("retryOf")}</Link>}
        {batch.schedule_id && <span>{t("bySchedule")} <code>{batch.schedule_id}</code></span>}
        <code>{batch.id}</code>
      </p>
    </section>
  );
}

function BatchButtons({ batch, list, onRetried }: { batch: Batch; list: List<Operation>; onRetried: (id: string) => void }) {
  const { t } = useTranslation("operations");
  const may = useMay("operator");
  const refused = { onError: (error: unknown) => toastRefused(t("refused"), <Reason error={error} />) };
  const cancel = useAsking(cancelBatch, () => toastStarted(t("cancelAsked")));
  const pause = useAsking(pauseBatch);
  const goOn = useAsking(continueBatch);
  const retry = useAsking(retryBatch, (fresh: Batch) => {
    toastStarted(t("retryAsked"));
    onRetried(fresh.id);
  });

  async function copy(write: (ids: readonly string[]) => string) {
    const all = await list.all();
    await navigator.clipboard?.writeText(write(all.map((each) => each.emulator_id ?? each.workstation_id)));
    toastStarted(t("copied"));
  }

  const going = batch.status === "running";
  const stopped = batch.status === "paused" || batch.status === "halted";
  const over = batch.finished_at !== null;
  return (
    <>
      {may && going && <Button variant="default" leftSection={<Pause size={14} />} loading={pause.isPending} onClick={() => pause.mutate(batch.id, refused)}>{t("pause")}</Button>}
      {may && stopped && <Button leftSection={<Play size={14} />} loading={goOn.isPending} onClick={() => goOn.mutate(batch.id, refused)}>{t("continue")}</Button>}
      {may && (going || stopped) && <Button variant="default" leftSection={<X size={14} />} loading={cancel.isPending} onClick={() => cancel.mutate(batch.id, refused)}>{t("cancelRest")}</Button>}
      {may && over && batch.status !== "succeeded" && <Button leftSection={<RotateCcw size={14} />} loading={retry.isPending} onClick={() => retry.mutate(batch.id, refused)}>{t("retryFailed")}</Button>}
      <Menu>
        <Menu.Target><Button variant="default" leftSection={<Copy size={14} />}>{t("copyAs")}</Button></Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => void copy((ids) => asCommand(batch, ids))}>{t("asCommand")}</Menu.Item>
          <Menu.Item onClick={() => void copy((ids) => asRequest(batch, ids, location.origin))}>{t("asRequest")}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </>
  );
}
