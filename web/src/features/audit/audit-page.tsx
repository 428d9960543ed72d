import { Button } from "@mantine/core";
import { getRouteApi } from "@tanstack/react-router";
import { ScrollText } from "lucide-react";
import { useCallback, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { api, pageOf } from "@/api/client";
import { useList } from "@/api/lists";
import type { Schema } from "@/api/types";
import { valuesOf, withField } from "@/lib/filter";
import { type ListSearch, listSearch } from "@/routing/search";
import { Chips } from "@/ui/chips";
import { type Column, DataTable } from "@/ui/data-table";
import { EmptyState } from "@/ui/empty-state";
import { Facet } from "@/ui/facet";
import { FilterBox } from "@/ui/filter-box";
import { Moment } from "@/ui/freshness";
import { Page } from "@/ui/page";
import { type Age, AGES, ageOf, withAge } from "./ages";
import { EntryPanel } from "./entry-panel";
import { Result } from "./result";

type Entry = Schema<"AuditEntryOut">;

const route = getRouteApi("/frame/audit");
const FIELDS = { actor: [], action: [], result: ["done", "refused"], name: [], subject: [], address: [], source: [], code: [], reason: [], correlation: [], at: AGES.slice(1).map((age) => `<${age}`) };

/** Who did what, to what, from where, and what came of it. */
export function AuditPage() {
  const { t } = useTranslation("audit");
  const { t: ui } = useTranslation("ui");
  const { q = "", sort, open } = route.useSearch();
  const navigate = route.useNavigate();
  const fetch = useCallback(
    (cursor: string | undefined) => pageOf<Entry>(api.GET("/api/audit", { params: { query: { limit: 100, count: "exact", ...(q ? { filter: q } : {}), ...(sort ? { sort } : {}), ...(cursor ? { cursor } : {}) } } })),
    [q, sort],
  );
  const list = useList({ noun: "audit", params: { q, sort }, fetch });
  const columns = useColumns();
  const show = useCallback((next: { [Key in keyof ListSearch]?: string | undefined }) => void navigate({ search: (now) => listSearch({ ...now, ...next }), replace: !("open" in next) }), [navigate]);
  const filter = useCallback((q: string) => show({ q }), [show]);
  const entry = open === undefined ? undefined : list.rows.find((each) => each.id === open);
  return (
    <Page
      bar={
        <>
          <Chips<Age> label={t("when")} value={ageOf(q)} onChange={(age) => filter(withAge(q, age))} chips={AGES.map((value) => ({ value, label: t(`ages.${value}`) }))} />
          <FilterBox value={q} onChange={filter} fields={FIELDS} placeholder={t("filter")} error={list.error} />
          <Facet label={t("result")} values={valuesOf(q, "result")} onChange={(values) => filter(withField(q, "result", values))} options={(["done", "refused"] as const).map((value) => ({ value, label: t(`results.${value}`) }))} />
        </>
      }
    >
      <DataTable
        name="audit"
        label={t("title")}
        columns={columns}
        list={list}
        id={(row) => row.id}
        rowName={(row) => `${row.actor} ${row.action}`}
        sort={sort}
        onSort={(sort) => show({ sort })}
        open={open}
        onOpen={(row) => show({ open: row.id })}
        empty={q ? <EmptyState icon={ScrollText} title={ui("nothingMatches")} actions={<Button variant="default" onClick={() => filter("")}>{ui("clearFilter")}</Button>} /> : <EmptyState icon={ScrollText} title={t("none")} />}
      />
      {entry && <EntryPanel entry={entry} onClose={() => show({ open: undefined })} />}
    </Page>
  );
}

function useColumns(): readonly Column<Entry>[] {
  const { t } = useTranslation("audit");
  return useMemo(
    () => [
      { id: "at", head: t("when"), width: "minmax(120px, 0.8fr)", sort: "at", cell: (each) => <Moment at={each.at} />, csv: (each) => each.at },
      { id: "actor", head: t("who"), width: "minmax(100px, 0.8fr)", sort: "actor", cell: (each) => each.actor, csv: (each) => each.actor },
      { id: "action", head: t("what"), width: "minmax(130px, 1fr)", sort: "action", cell: (each) => <code>{each.action}</code>, csv: (each) => each.action },
      { id: "name", head: t("target"), width: "minmax(120px, 1.1fr)", sort: "name", cell: (each) => <span title={each.subject ?? ""}>{each.subject_name ?? each.subject ?? "–"}</span>, csv: (each) => each.subject_name },
      { id: "subject", head: t("targetId"), width: "250px", hidden: true, cell: (each) => <code>{each.subject ?? "–"}</code>, csv: (each) => each.subject },
      { id: "result", head: t("result"), width: "minmax(100px, 0.7fr)", cell: (each) => <Result of={each} />, csv: (each) => each.result },
      { id: "code", head: t("code"), width: "160px", hidden: true, cell: (each) => each.code ?? "–", csv: (each) => each.code },
      { id: "address", head: t("address"), width: "minmax(100px, 0.7fr)", cell: (each) => <span className="mono">{each.address ?? "–"}</span>, csv: (each) => each.address },
      { id: "source", head: t("source"), width: "90px", cell: (each) => each.source, csv: (each) => each.source },
      { id: "reason", head: t("reason"), width: "minmax(120px, 1.2fr)", cell: (each) => <span className="dim" title={each.reason ?? ""}>{each.reason ?? "–"}</span>, csv: (each) => each.reason },
      { id: "correlation", head: t("correlation"), width: "240px", hidden: true, cell: (each) => <code>{each.correlation_id ?? "–"}</code>, csv: (each) => each.correlation_id },
    ],
    [t],
  );
}
