import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, getRouteApi } from "@tanstack/react-router";
import { Plus, Server, Upload } from "lucide-react";
import { type ReactNode, useCallback, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, pageOf } from "@/api/client";
import { useList } from "@/api/lists";
import { useMay } from "@/api/session";
import { statusQuery } from "@/api/tasks";
import type { Workstation } from "@/api/types";
import { count } from "@/lib/amounts";
import { valuesOf, withField } from "@/lib/filter";
import { NOTHING, type Selection } from "@/lib/selection";
import { WORKSTATION_LOOKS } from "@/lib/states";
import { fleet } from "@/live/fleet-store";
import { useFleetSize } from "@/live/use-fleet";
import { SavedViews } from "@/nouns/saved-views";
import { Chips } from "@/ui/chips";
import { DataTable } from "@/ui/data-table";
import { EmptyState } from "@/ui/empty-state";
import { Facet } from "@/ui/facet";
import { FilterBox } from "@/ui/filter-box";
import { Page } from "@/ui/page";
import { BulkWorkstations } from "./bulk";
import { useWorkstationColumns } from "./columns";
import { TRANSPORTS } from "./description";

const route = getRouteApi("/frame/workstations");
type Status = Workstation["status"];
const GROUPS: Record<"online" | "troubled" | "maintenance", readonly Status[]> = {
  online: ["online"],
  troubled: ["degraded", "no_desktop", "unreachable", "auth_failed"],
  maintenance: ["maintenance"],
};
type Group = keyof typeof GROUPS;

export function WorkstationsPage() {
  const { t, i18n } = useTranslation("workstations");
  const { t: ui } = useTranslation("ui");
  const { t: states } = useTranslation("states");
  const { q = "", sort } = route.useSearch();
  const navigate = route.useNavigate();
  const may = useMay("operator");
  const [selection, setSelection] = useState<Selection>(NOTHING);
  const columns = useWorkstationColumns();
  const known = useKnown();
  const status = useQuery(statusQuery);
  const fetch = useCallback(
    (cursor: string | undefined) => pageOf<Workstation>(api.GET("/api/workstations", { params: { query: { limit: 200, count: "exact", ...(sort ? { sort } : {}), ...(q ? { filter: q } : {}), ...(cursor ? { cursor } : {}) } } })),
    [q, sort],
  );
  const list = useList({ noun: "workstations", params: { q, sort }, fetch });
  const filter = useCallback((q: string) => {
    setSelection(NOTHING);
    void navigate({ search: (now) => ({ ...(now.sort ? { sort: now.sort } : {}), ...(q ? { q } : {}) }), replace: true });
  }, [navigate]);

  const show = ({ filter, sort }: { filter: string; sort: string }) => {
    setSelection(NOTHING);
    void navigate({ search: { ...(filter ? { q: filter } : {}), ...(sort ? { sort } : {}) } });
  };

  const asked = [...valuesOf(q, "status")].sort().join();
  const group = asked === "" ? "all" : ((Object.keys(GROUPS) as Group[]).find((each) => [...GROUPS[each]].sort().join() === asked) ?? "other");
  const of = (name: Group) => (status.data ? count(GROUPS[name].reduce((sum, each) => sum + (status.data.workstations[each] ?? 0), 0), i18n.language) : null);
  const addButtons = may && (
    <>
      <Button variant="default" leftSection={<Upload size={14} />} renderRoot={(props) => <Link to="/workstations/import" {...props} />}>{t("import.title")}</Button>
      <Button leftSection={<Plus size={14} />} renderRoot={(props) => <Link to="/workstations/new" {...props} />}>{t("add")}</Button>
    </>
  );
  return (
    <Page
      bar={
        <Chips<Group | "all" | "other">
          label={t("status")}
          value={group}
          onChange={(chosen) => filter(withField(q, "status", chosen === "all" || chosen === "other" ? [] : GROUPS[chosen]))}
          chips={[
            { value: "all", label: t("groups.all"), count: status.data ? count(Object.values(status.data.workstations).reduce((sum, each) => sum + each, 0), i18n.language) : null },
            { value: "online", label: t("groups.online"), count: of("online"), look: WORKSTATION_LOOKS.online },
            { value: "troubled", label: t("groups.troubled"), count: of("troubled"), look: WORKSTATION_LOOKS.unreachable },
            { value: "maintenance", label: t("groups.maintenance"), count: of("maintenance"), look: WORKSTATION_LOOKS.maintenance },
          ]}
        />
      }
      actions={
        <>
          <SavedViews page="workstations" filter={q} sort={sort ?? ""} onShow={show} />
          {addButtons}
        </>
      }
    >
      <Page.Bar>
        <FilterBox value={q} onChange={filter} fields={known} placeholder={t("filter")} error={list.error} />
        <Facet label={t("status")} values={valuesOf(q, "status")} onChange={(values) => filter(withField(q, "status", values))} options={Object.keys(WORKSTATION_LOOKS).map((value) => ({ value, label: states(`workstation.${value}` as "workstation.online") }))} />
        <Facet label={t("site")} values={valuesOf(q, "site")} onChange={(values) => filter(withField(q, "site", values))} options={(known.site ?? []).map((value) => ({ value, label: value }))} />
        <Facet label={t("transport")} values={valuesOf(q, "transport")} onChange={(values) => filter(withField(q, "transport", values))} options={TRANSPORTS.map((value) => ({ value, label: t(`transports.${value}`) }))} />
      </Page.Bar>
      <DataTable
        name="workstations"
        label={t("all")}
        columns={columns}
        list={list}
        id={(row) => row.id}
        rowName={(row) => row.name}
        sort={sort}
        onSort={(sort) => void navigate({ search: (now) => ({ ...(now.q ? { q: now.q } : {}), ...(sort ? { sort } : {}) }), replace: true })}
        onOpen={(row) => void navigate({ to: "/workstations/$workstationId", params: { workstationId: row.id } })}
        {...(may ? { selection, onSelection: setSelection } : {})}
        bulk={<BulkWorkstations selection={selection} list={list} onDone={() => setSelection(NOTHING)} />}
        empty={q ? <EmptyState icon={Server} title={ui("nothingMatches")} actions={<Button variant="default" onClick={() => filter("")}>{ui("clearFilter")}</Button>} /> : <FirstSteps buttons={addButtons} />}
      />
    </Page>
  );
}

/** A new install: what to do first. */
function FirstSteps({ buttons }: { buttons: ReactNode }) {
  const { t } = useTranslation("workstations");
  return (
    <EmptyState icon={Server} title={t("first.title")} actions={buttons}>
      {t("first.text")}
    </EmptyState>
  );
}

/** What can be typed: what the fleet's workstations are called, and where they stand. */
function useKnown(): Readonly<Record<string, readonly string[]>> {
  const size = useFleetSize();
  return useMemo(() => {
    const all = size === null ? [] : [...fleet.workstations()];
    return {
      name: all.map((each) => each.name).sort(),
      status: Object.keys(WORKSTATION_LOOKS),
      host: [],
      site: [...new Set(all.map((each) => each.site))].sort(),
      tag: [],
      transport: TRANSPORTS,
      login: [],
      desktop: [],
      failure: [],
      notes: [],
      maintenance: ["yes", "no"],
      seen: [],
      changed: [],
    };
  }, [size]);
}
