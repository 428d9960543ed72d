import { getRouteApi } from "@tanstack/react-router";
import { Layers } from "lucide-react";
import { useCallback, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { api, pageOf } from "@/api/client";
import { useList } from "@/api/lists";
import type { Batch } from "@/api/types";
import { count } from "@/lib/amounts";
import { lasting, since } from "@/lib/time";
import { BATCH_LOOKS } from "@/lib/states";
import { type Column, DataTable } from "@/ui/data-table";
import { EmptyState } from "@/ui/empty-state";
import { Facet } from "@/ui/facet";
import { Moment } from "@/ui/freshness";
import { Page } from "@/ui/page";
import { StateBadge } from "@/ui/state-badge";
import { BatchProgress } from "./batch-progress";
import { failedOf } from "./tally";
import { Kinds } from "./kinds";

const route = getRouteApi("/frame/operations/batches");
type Status = Batch["status"];

export function BatchesPage() {
  const { t, i18n } = useTranslation("operations");
  const { t: states } = useTranslation("states");
  const { q } = route.useSearch();
  const navigate = route.useNavigate();
  const status = q !== undefined && q in BATCH_LOOKS ? (q as Status) : undefined;
  const fetch = useCallback(
    (cursor: string | undefined) => pageOf<Batch>(api.GET("/api/batches", { params: { query: { limit: 100, ...(status ? { status } : {}), ...(cursor ? { cursor } : {}) } } })),
    [status],
  );
  const list = useList<Batch>({ noun: "batches", params: { status }, fetch });
  const columns = useMemo<Column<Batch>[]>(
    () => [
      { id: "status", head: t("status"), width: "130px", cell: (each) => <StateBadge of="batch" state={each.status} />, csv: (each) => each.status },
      { id: "verb", head: t("verb"), width: "minmax(120px, 0.8fr)", cell: (each) => t(`verbs.${each.verb}`), csv: (each) => each.verb },
      { id: "targets", head: t("targetsHead"), width: "90px", align: "right", cell: (each) => count(each.total, i18n.language), csv: (each) => each.total },
      { id: "progress", head: t("progress"), width: "minmax(180px, 1.6fr)", cell: (each) => <BatchProgress batch={each} />, csv: (each) => JSON.stringify(each.counts) },
      { id: "failed", head: t("failedHead"), width: "90px", align: "right", cell: (each) => (failedOf(each) > 0 ? <span style={{ color: "var(--bad)" }}>{count(failedOf(each), i18n.language)}</span> : <span className="faint">–</span>), csv: failedOf },
      { id: "wave", head: t("wave"), width: "80px", align: "right", cell: (each) => (each.waves.length > 1 ? `${each.wave}/${each.waves.length}` : "–"), csv: (each) => each.wave },
      { id: "created", head: t("created"), width: "128px", cell: (each) => <Moment at={each.created_at} />, csv: (each) => each.created_at },
      { id: "took", head: t("took"), width: "84px", align: "right", cell: (each) => (each.finished_at ? lasting(since(each.created_at, Date.parse(each.finished_at)), i18n.language) : "–"), csv: (each) => each.finished_at },
      { id: "by", head: t("by"), width: "minmax(90px, 0.6fr)", cell: (each) => each.requested_by, csv: (each) => each.requested_by },
      { id: "source", head: t("source"), width: "80px", cell: (each) => each.source, csv: (each) => each.source },
      { id: "reason", head: t("reason"), width: "minmax(90px, 1fr)", cell: (each) => each.reason ?? "", csv: (each) => each.reason },
      { id: "id", head: t("id"), width: "190px", hidden: true, cell: (each) => <code>{each.id}</code>, csv: (each) => each.id },
    ],
    [t, i18n.language],
  );
  return (
    <Page
      bar={
        <>
          <Kinds now="batches" />
          <Facet
            label={t("status")}
            values={status ? [status] : []}
            options={Object.keys(BATCH_LOOKS).map((value) => ({ value, label: states(`batch.${value}` as "batch.running") }))}
            onChange={(values) => void navigate({ search: values.length > 0 ? { q: values.at(-1) as string } : {}, replace: true })}
          />
        </>
      }
    >
      <DataTable
        name="batches"
        label={t("batches")}
        columns={columns}
        list={list}
        id={(row) => row.id}
        rowName={(row) => `${t(`verbs.${row.verb}`)} ${row.id}`}
        onOpen={(row) => void navigate({ to: "/operations/batches/$batchId", params: { batchId: row.id } })}
        empty={<EmptyState icon={Layers} title={t("noBatches")}>{t("noBatchesText")}</EmptyState>}
      />
    </Page>
  );
}
