import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { ListChecks, RotateCcw, X } from "lucide-react";
import { useCallback, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, pageOf } from "@/api/client";
import { useList } from "@/api/lists";
import { useMay } from "@/api/session";
import { statusQuery } from "@/api/tasks";
import type { Operation } from "@/api/types";
import { count } from "@/lib/amounts";
import { valuesOf, withField } from "@/lib/filter";
import { NOTHING, type Selection } from "@/lib/selection";
import { OPERATION_LOOKS } from "@/lib/states";
import { fleet } from "@/live/fleet-store";
import { useFleetSize } from "@/live/use-fleet";
import { type OperationColumn, useOperationColumns } from "@/nouns/operation-columns";
import { OperationPanel } from "@/nouns/operation-panel";
import { SavedViews } from "@/nouns/saved-views";
import { EVERY_VERB } from "@/nouns/verbs";
import { Chips } from "@/ui/chips";
import { DataTable } from "@/ui/data-table";
import { EmptyState } from "@/ui/empty-state";
import { Facet } from "@/ui/facet";
import { FilterBox } from "@/ui/filter-box";
import { Page } from "@/ui/page";
import { BulkOperations } from "./bulk";
import { type Stage, fieldsOf, stageOf, statusesOf, withStage } from "./filters";
import { Kinds } from "./kinds";

const route = getRouteApi("/frame/operations");
const COLUMNS: readonly OperationColumn[] = ["status", "verb", "emulator", "workstation", "about", "created", "started", "took", "by", "tries", "reason", "batch", "id"];
const HIDDEN: readonly OperationColumn[] = ["started", "tries", "reason", "batch", "id"];
const AGES = ["1h", "24h", "7d"] as const;

export function OperationsPage() {
  const { t } = useTranslation("operations");
  const { t: ui } = useTranslation("ui");
  const { t: states } = useTranslation("states");
  const { q = "", sort, open } = route.useSearch();
  const navigate = route.useNavigate();
  const may = useMay("operator");
  const [selection, setSelection] = useState<Selection>(NOTHING);
  const columns = useOperationColumns(COLUMNS, HIDDEN);
  const known = useKnown();
  const fetch = useCallback(
    (cursor: string | undefined) => pageOf<Operation>(api.GET("/api/operations", { params: { query: { limit: 100, sort: sort ?? "-created", count: "exact", ...(q ? { filter: q } : {}), ...(cursor ? { cursor } : {}) } } })),
    [q, sort],
  );
  const list = useList({ noun: "operations", params: { q, sort }, fetch });

  const show = useCallback((next: { q?: string | undefined; sort?: string | undefined; open?: string | undefined }) => {
    if ("q" in next) setSelection(NOTHING);
    void navigate({ search: (now) => Object.fromEntries(Object.entries({ ...now, ...next }).filter(([, value]) => value)), replace: !("open" in next) });
  }, [navigate]);
  const filter = useCallback((q: string) => show({ q }), [show]);

  return (
    <Page
      bar={
        <>
          <Kinds now="operations" />
          <FilterBox value={q} onChange={filter} fields={known} placeholder={t("filter")} error={list.error} />
          <Facet label={t("status")} values={valuesOf(q, "status")} onChange={(values) => filter(withField(q, "status", values))} options={Object.keys(OPERATION_LOOKS).map((value) => ({ value, label: states(`operation.${value}` as "operation.queued") }))} />
          <Facet label={t("verb")} values={valuesOf(q, "verb")} onChange={(values) => filter(withField(q, "verb", values))} options={EVERY_VERB.map((value) => ({ value, label: t(`verbs.${value}`) }))} />
          <Facet label={t("workstation")} values={valuesOf(q, "ws")} onChange={(values) => filter(withField(q, "ws", values))} options={(known.ws ?? []).map((value) => ({ value, label: value }))} />
          <Age filter={q} onFilter={filter} />
        </>
      }
      actions={<SavedViews page="operations" filter={q} sort={sort ?? ""} onShow={(view) => show({ q: view.filter, sort: view.sort })} />}
    >
      <Stages filter={q} onFilter={filter} />
      <DataTable
        name="operations"
        label={t("all")}
        columns={columns}
        list={list}
        id={(row) => row.id}
        rowName={(row) => `${t(`verbs.${row.verb}`)} ${row.id}`}
        sort={sort}
        onSort={(sort) => show({ sort })}
        open={open}
        onOpen={(row) => show({ open: row.id })}
        {...(may ? { selection, onSelection: setSelection } : {})}
        bulk={<BulkOperations selection={selection} list={list} onDone={() => setSelection(NOTHING)} icons={{ cancel: <X size={14} />, retry: <RotateCcw size={14} /> }} />}
        empty={q ? <EmptyState icon={ListChecks} title={ui("nothingMatches")} actions={<Button variant="default" onClick={() => filter("")}>{ui("clearFilter")}</Button>} /> : <EmptyState icon={ListChecks} title={t("none")}>{t("noneText")}</EmptyState>}
      />
      {open && <OperationPanel id={open} onClose={() => show({ open: undefined })} />}
    </Page>
  );
}

interface Filtering {
  filter: string;
  onFilter: (filter: string) => void;
}

function Stages({ filter, onFilter }: Filtering) {
  const { t, i18n } = useTranslation("operations");
  const { data } = useQuery(statusQuery);
  const sum = (stage: "open" | "failed" | "done") => (data ? count(statusesOf(stage).reduce((all, status) => all + (data.operations[status] ?? 0), 0), i18n.language) : null);
  const now = stageOf(filter);
  return (
    <Chips<Stage>
      label={t("status")}
      value={now}
      onChange={(stage) => onFilter(withStage(filter, stage))}
      chips={[
        { value: "all", label: t("stage.all") },
        { value: "open", label: t("stage.open"), count: sum("open"), look: { shape: "turning", tone: "busy" } },
        { value: "failed", label: t("stage.failed"), count: sum("failed"), look: { shape: "alert", tone: "bad" } },
        { value: "done", label: t("stage.done"), count: sum("done"), look: { shape: "check", tone: "good" } },
      ]}
    />
  );
}

function Age({ filter, onFilter }: Filtering) {
  const { t } = useTranslation("operations");
  const now = AGES.find((age) => filter.includes(`created:<${age}`)) ?? "any";
  return (
    <Facet
      label={t("when")}
      values={now === "any" ? [] : [now]}
      options={AGES.map((value) => ({ value, label: t(`ages.${value}`) }))}
      onChange={(values) => onFilter([...withField(filter, "created", []).split(" "), ...values.slice(-1).map((age) => `created:<${age}`)].filter(Boolean).join(" "))}
    />
  );
}

/** What can be typed: names of the fleet as it is now. */
function useKnown() {
  const size = useFleetSize();
  return useMemo(() => {
    const workstations = size === null ? [] : [...fleet.workstations()].map((each) => each.name).sort();
    const emulators = size === null ? [] : [...fleet.rows()].map((each) => each.name);
    return fieldsOf(workstations, emulators);
  }, [size]);
}
