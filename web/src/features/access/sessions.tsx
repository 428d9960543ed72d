import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { MonitorSmartphone } from "lucide-react";
import { useCallback, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useList } from "@/api/lists";
import { keys } from "@/api/queries";
import { type Column, DataTable } from "@/ui/data-table";
import { EmptyState } from "@/ui/empty-state";
import { FilterBox } from "@/ui/filter-box";
import { Freshness, Moment } from "@/ui/freshness";
import { Page } from "@/ui/page";
import { ProblemNote } from "@/ui/problem-note";
import type { TabProps } from "./access-page";
import { type Session, endOthers, endSession, sessionsPage } from "./requests";

const FIELDS = { agent: [], kind: ["cookie", "bearer"], address: [], used: [], expires: [], created: [] };

/** One's own logins that are not over. */
export function Sessions({ q = "", sort, tabs, show }: TabProps) {
  const { t } = useTranslation("access");
  const { t: app } = useTranslation();
  const queries = useQueryClient();
  const again = () => queries.invalidateQueries({ queryKey: keys.all("sessions") });
  const end = useMutation({ mutationFn: endSession, onSettled: again });
  const others = useMutation({ mutationFn: endOthers, onSettled: again });
  const fetch = useCallback((cursor: string | undefined) => sessionsPage({ q, sort }, cursor), [q, sort]);
  const list = useList({ noun: "sessions", params: { q, sort }, fetch });
  const columns = useColumns(end.mutate);
  const filter = useCallback((q: string) => show({ q }), [show]);
  const error = end.error ?? others.error;
  return (
    <Page
      bar={<>{tabs}<FilterBox value={q} onChange={filter} fields={FIELDS} placeholder={t("filterSessions")} error={list.error} /></>}
      actions={
        <>
          <Button variant="default" renderRoot={(props) => <Link to="/password" {...props} />}>{app("user.password")}</Button>
          <Button variant="default" loading={others.isPending} onClick={() => others.mutate()}>{t("endOthers")}</Button>
        </>
      }
    >
      {error && <ProblemNote error={error} />}
      <DataTable
        name="sessions"
        label={t("tab.sessions")}
        columns={columns}
        list={list}
        id={(row) => row.id}
        rowName={(row) => row.agent ?? row.id}
        sort={sort}
        onSort={(sort) => show({ sort })}
        empty={<EmptyState icon={MonitorSmartphone} title={t("noSessions")} />}
      />
    </Page>
  );
}

function useColumns(onEnd: (id: string) => void): readonly Column<Session>[] {
  const { t } = useTranslation("access");
  return useMemo(
    () => [
      { id: "agent", head: t("program"), width: "minmax(220px, 2fr)", sort: "agent", cell: (each) => <span title={each.agent ?? ""}>{each.agent ?? "–"}</span>, csv: (each) => each.agent },
      { id: "kind", head: t("kind"), width: "110px", sort: "kind", cell: (each) => t(`kinds.${each.kind}`), csv: (each) => each.kind },
      { id: "address", head: t("address"), width: "130px", sort: "address", cell: (each) => <span className="mono">{each.address ?? "–"}</span>, csv: (each) => each.address },
      { id: "used", head: t("used"), width: "120px", sort: "used", cell: (each) => <Freshness at={each.used_at} />, csv: (each) => each.used_at },
      { id: "created", head: t("begun"), width: "150px", sort: "created", cell: (each) => <Moment at={each.created_at} />, csv: (each) => each.created_at },
      { id: "expires", head: t("expires"), width: "150px", sort: "expires", cell: (each) => <Moment at={each.expires_at} />, csv: (each) => each.expires_at },
      { id: "end", head: t("end"), width: "130px", cell: (each) => (each.current ? <span className="dim">{t("thisOne")}</span> : <Button variant="default" h={24} px={10} onClick={() => onEnd(each.id)}>{t("end")}</Button>) },
    ],
    [t, onEnd],
  );
}
