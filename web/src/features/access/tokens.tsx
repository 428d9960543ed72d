import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { KeyRound, Plus } from "lucide-react";
import { useCallback, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useList } from "@/api/lists";
import { keys } from "@/api/queries";
import { ConfirmDialog } from "@/ui/confirm-dialog";
import { type Column, DataTable } from "@/ui/data-table";
import { EmptyState } from "@/ui/empty-state";
import { FilterBox } from "@/ui/filter-box";
import { Freshness, Moment } from "@/ui/freshness";
import { Page } from "@/ui/page";
import type { TabProps } from "./access-page";
import { NewToken } from "./new-token";
import { RoleName, ScopeWords, scopeText } from "./parts";
import { type Token, revokeToken, tokensPage } from "./requests";

const FIELDS = { name: [], role: ["viewer", "operator", "admin"], expires: [], used: ["<24h", ">30d"], created: [] };

/** One's own tokens, for programs: each may at most what its owner may. */
export function Tokens({ q = "", sort, tabs, show }: TabProps) {
  const { t } = useTranslation("access");
  const [making, setMaking] = useState(false);
  const [doomed, setDoomed] = useState<Token | null>(null);
  const queries = useQueryClient();
  const fetch = useCallback((cursor: string | undefined) => tokensPage({ q, sort }, cursor), [q, sort]);
  const list = useList({ noun: "tokens", params: { q, sort }, fetch });
  const columns = useColumns(setDoomed);
  const filter = useCallback((q: string) => show({ q }), [show]);
  const revoke = useMutation({
    mutationFn: revokeToken,
    onSuccess: () => setDoomed(null),
    onSettled: () => queries.invalidateQueries({ queryKey: keys.all("tokens") }),
  });
  const newButton = <Button leftSection={<Plus size={14} />} onClick={() => setMaking(true)}>{t("newToken")}</Button>;
  return (
    <Page bar={<>{tabs}<FilterBox value={q} onChange={filter} fields={FIELDS} placeholder={t("filterTokens")} error={list.error} /></>} actions={newButton}>
      <DataTable
        name="tokens"
        label={t("tab.tokens")}
        columns={columns}
        list={list}
        id={(row) => row.id}
        rowName={(row) => row.name}
        sort={sort}
        onSort={(sort) => show({ sort })}
        empty={<EmptyState icon={KeyRound} title={t("noTokens")} actions={newButton}>{t("noTokensText")}</EmptyState>}
      />
      {making && <NewToken onClose={() => setMaking(false)} />}
      {doomed && (
        <ConfirmDialog opened title={t("revokeTitle", { name: doomed.name })} action={t("revoke")} pending={revoke.isPending} error={revoke.error} onConfirm={() => revoke.mutate(doomed.id)} onClose={() => setDoomed(null)}>
          {t("revokeText")}
        </ConfirmDialog>
      )}
    </Page>
  );
}

function useColumns(onRevoke: (token: Token) => void): readonly Column<Token>[] {
  const { t } = useTranslation("access");
  return useMemo(
    () => [
      { id: "name", head: t("name"), width: "minmax(140px, 1.2fr)", sort: "name", cell: (each) => <b style={{ fontWeight: 550 }}>{each.name}</b>, csv: (each) => each.name },
      { id: "role", head: t("may"), width: "minmax(110px, 0.8fr)", sort: "role", cell: (each) => (each.metrics_only ? <span className="dim">{t("metricsOnly")}</span> : <RoleName role={each.role} />), csv: (each) => (each.metrics_only ? "metrics" : each.role) },
      { id: "scope", head: t("scope"), width: "minmax(130px, 1.2fr)", cell: (each) => <ScopeWords scope={each.scope} />, csv: (each) => scopeText(each.scope) },
      { id: "expires", head: t("expires"), width: "150px", sort: "expires", cell: (each) => (each.expires_at === null ? <span style={{ color: "var(--warn)" }}>{t("never")}</span> : <Moment at={each.expires_at} />), csv: (each) => each.expires_at },
      { id: "used", head: t("used"), width: "120px", sort: "used", cell: (each) => <Freshness at={each.used_at} />, csv: (each) => each.used_at },
      { id: "created", head: t("created"), width: "150px", sort: "created", cell: (each) => <Moment at={each.created_at} />, csv: (each) => each.created_at },
      { id: "revoke", head: t("revoke"), width: "120px", cell: (each) => <Button variant="default" h={24} px={10} onClick={() => onRevoke(each)}>{t("revoke")}</Button> },
    ],
    [t, onRevoke],
  );
}
