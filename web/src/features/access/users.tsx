import { Button } from "@mantine/core";
import { UserPlus, UsersRound } from "lucide-react";
import { useCallback, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useList } from "@/api/lists";
import { valuesOf, withField } from "@/lib/filter";
import { type Column, DataTable } from "@/ui/data-table";
import { EmptyState } from "@/ui/empty-state";
import { Facet } from "@/ui/facet";
import { FilterBox } from "@/ui/filter-box";
import { Freshness, Moment } from "@/ui/freshness";
import { Page } from "@/ui/page";
import type { TabProps } from "./access-page";
import { NewUser } from "./new-user";
import { Enabled, RoleName, ScopeWords, scopeText } from "./parts";
import { type User, usersPage } from "./requests";
import { UserPanel } from "./user-panel";

const ROLES = ["viewer", "operator", "admin"] as const;
const FIELDS = { name: [], role: ROLES, enabled: ["yes", "no"], login: ["<24h", ">30d"], created: [], updated: [] };

export function Users({ q = "", sort, open, tabs, show }: TabProps) {
  const { t } = useTranslation("access");
  const { t: app } = useTranslation();
  const { t: ui } = useTranslation("ui");
  const [adding, setAdding] = useState(false);
  const fetch = useCallback((cursor: string | undefined) => usersPage({ q, sort }, cursor), [q, sort]);
  const list = useList({ noun: "users", params: { q, sort }, fetch });
  const columns = useColumns();
  const filter = useCallback((q: string) => show({ q }), [show]);
  return (
    <Page
      bar={
        <>
          {tabs}
          <FilterBox value={q} onChange={filter} fields={FIELDS} placeholder={t("filterUsers")} error={list.error} />
          <Facet label={t("role")} values={valuesOf(q, "role")} onChange={(values) => filter(withField(q, "role", values))} options={ROLES.map((value) => ({ value, label: app(`user.roles.${value}`) }))} />
        </>
      }
      actions={<Button leftSection={<UserPlus size={14} />} onClick={() => setAdding(true)}>{t("newUser")}</Button>}
    >
      <DataTable
        name="users"
        label={t("tab.users")}
        columns={columns}
        list={list}
        id={(row) => row.id}
        rowName={(row) => row.name}
        sort={sort}
        onSort={(sort) => show({ sort })}
        open={open}
        onOpen={(row) => show({ open: row.id })}
        empty={<EmptyState icon={UsersRound} title={ui("nothingMatches")} actions={<Button variant="default" onClick={() => filter("")}>{ui("clearFilter")}</Button>} />}
      />
      {open && <UserPanel id={open} onClose={() => show({ open: undefined })} />}
      {adding && <NewUser onClose={() => setAdding(false)} />}
    </Page>
  );
}

function useColumns(): readonly Column<User>[] {
  const { t } = useTranslation("access");
  return useMemo(
    () => [
      { id: "name", head: t("name"), width: "minmax(140px, 1.2fr)", sort: "name", cell: (each) => <b style={{ fontWeight: 550 }}>{each.name}</b>, csv: (each) => each.name },
      { id: "role", head: t("role"), width: "minmax(100px, 0.8fr)", sort: "role", cell: (each) => <RoleName role={each.role} />, csv: (each) => each.role },
      { id: "scope", head: t("scope"), width: "minmax(140px, 1.4fr)", cell: (each) => <ScopeWords scope={each.scope} />, csv: (each) => scopeText(each.scope) },
      { id: "enabled", head: t("account"), width: "minmax(150px, 1fr)", cell: (each) => <Enabled user={each} />, csv: (each) => each.enabled },
      { id: "login", head: t("lastLogin"), width: "130px", sort: "login", cell: (each) => <Freshness at={each.last_login_at} />, csv: (each) => each.last_login_at },
      { id: "created", head: t("created"), width: "150px", sort: "created", cell: (each) => <Moment at={each.created_at} />, csv: (each) => each.created_at },
      { id: "id", head: "ID", width: "250px", hidden: true, cell: (each) => <code>{each.id}</code>, csv: (each) => each.id },
    ],
    [t],
  );
}
