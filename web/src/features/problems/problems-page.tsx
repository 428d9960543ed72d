import { Button } from "@mantine/core";
import { getRouteApi } from "@tanstack/react-router";
import { ShieldCheck } from "lucide-react";
import { useCallback, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useList } from "@/api/lists";
import { type Problem, problemsPage } from "@/api/problems";
import { valuesOf, withField } from "@/lib/filter";
import { Chips } from "@/ui/chips";
import { type Column, DataTable } from "@/ui/data-table";
import { EmptyState } from "@/ui/empty-state";
import { Facet } from "@/ui/facet";
import { FilterBox } from "@/ui/filter-box";
import { Freshness } from "@/ui/freshness";
import { Page } from "@/ui/page";
import { evidenceWords } from "./evidence-words";
import { type ProblemsSearch, search } from "./index";
import { Kind } from "./kind";
import { ProblemPanel } from "./problem-panel";
import { KINDS, SubjectLink } from "./subject";

const route = getRouteApi("/frame/farm-problems");
const FIELDS = { kind: KINDS, workstation: [], site: [], name: [], acknowledged: ["yes", "no"], over: ["yes", "no"], since: [], seen: [], ended: [] };
type Shown = "open" | "all";

export function ProblemsPage() {
  const { t } = useTranslation("problems");
  const { t: ui } = useTranslation("ui");
  const { q = "", sort, open, all = false } = route.useSearch();
  const navigate = route.useNavigate();
  const fetch = useCallback((cursor: string | undefined) => problemsPage({ filter: q, sort, ended: all }, cursor), [q, sort, all]);
  const list = useList({ noun: "problems", params: { q, sort, all }, fetch });
  const columns = useColumns();
  const show = useCallback((next: { [Key in keyof ProblemsSearch]?: ProblemsSearch[Key] | undefined }) => void navigate({ search: (now) => search({ ...now, ...next }), replace: !("open" in next) }), [navigate]);
  const filter = useCallback((q: string) => show({ q }), [show]);
  return (
    <Page
      bar={
        <>
          <Chips<Shown> label={t("which")} value={all ? "all" : "open"} onChange={(value) => show({ all: value === "all" || undefined })} chips={[{ value: "open", label: t("open") }, { value: "all", label: t("all") }]} />
          <FilterBox value={q} onChange={filter} fields={FIELDS} placeholder={t("filter")} error={list.error} />
          <Facet label={t("kind")} values={valuesOf(q, "kind")} onChange={(values) => filter(withField(q, "kind", values))} options={KINDS.map((value) => ({ value, label: t(`kinds.${value}`) }))} />
          <Facet label={t("acknowledged")} values={valuesOf(q, "acknowledged")} onChange={(values) => filter(withField(q, "acknowledged", values.slice(-1)))} options={[{ value: "no", label: t("no") }, { value: "yes", label: t("yes") }]} />
        </>
      }
    >
      <DataTable
        name="problems"
        label={t("title")}
        columns={columns}
        list={list}
        id={(row) => row.id}
        rowName={(row) => `${t(`kinds.${row.kind}`)} ${row.subject_name}`}
        sort={sort}
        onSort={(sort) => show({ sort })}
        open={open}
        onOpen={(row) => show({ open: row.id })}
        empty={q ? <EmptyState icon={ShieldCheck} title={ui("nothingMatches")} actions={<Button variant="default" onClick={() => filter("")}>{ui("clearFilter")}</Button>} /> : <EmptyState icon={ShieldCheck} title={t("none")}>{t("noneText")}</EmptyState>}
      />
      {open && <ProblemPanel id={open} onClose={() => show({ open: undefined })} />}
    </Page>
  );
}

function useColumns(): readonly Column<Problem>[] {
  const { t, i18n } = useTranslation("problems");
  return useMemo(
    () => [
      { id: "kind", head: t("what"), width: "minmax(190px, 1fr)", sort: "kind", cell: (each) => <Kind of={each} />, csv: (each) => each.kind },
      { id: "name", head: t("where"), width: "minmax(130px, 0.8fr)", sort: "name", cell: (each) => <SubjectLink of={each} />, csv: (each) => each.subject_name },
      { id: "since", head: t("since"), width: "120px", sort: "since", cell: (each) => <Freshness at={each.since} />, csv: (each) => each.since },
      { id: "evidence", head: t("evidence"), width: "minmax(200px, 2fr)", cell: (each) => <Told words={evidenceWords(each.evidence, t, i18n.language)} />, csv: (each) => evidenceWords(each.evidence, t, i18n.language) },
      { id: "acknowledged", head: t("acknowledged"), width: "minmax(130px, 1fr)", cell: (each) => (each.acknowledged ? <Told words={`${each.acknowledged.by}: ${each.acknowledged.reason}`} /> : <span className="faint">{t("no")}</span>), csv: (each) => each.acknowledged && `${each.acknowledged.by}: ${each.acknowledged.reason}` },
      { id: "ended", head: t("ended"), width: "120px", sort: "ended", hidden: true, cell: (each) => (each.ended_at ? <Freshness at={each.ended_at} /> : "–"), csv: (each) => each.ended_at },
      { id: "id", head: "ID", width: "250px", hidden: true, cell: (each) => <code>{each.id}</code>, csv: (each) => each.id },
    ],
    [t, i18n.language],
  );
}

function Told({ words }: { words: string }) {
  return <span className="dim" title={words}>{words || "–"}</span>;
}
