import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { keys } from "@/api/queries";
import { useMay } from "@/api/session";
import { count } from "@/lib/amounts";
import { ConfirmDialog } from "@/ui/confirm-dialog";
import { ProblemNote } from "@/ui/problem-note";
import { Section } from "@/ui/section";
import { StateShape } from "@/ui/state-shape";
import { type Site, removeSite, sitesQuery } from "./requests";
import styles from "./settings.module.css";
import { SiteDialog } from "./site-dialog";

/** The farm's sites, and who looks after each. */
export function Sites() {
  const { t } = useTranslation("settings");
  const admin = useMay("admin");
  const queries = useQueryClient();
  const { data, error, refetch } = useQuery(sitesQuery);
  const [edited, setEdited] = useState<Site | "new" | null>(null);
  const [doomed, setDoomed] = useState<Site | null>(null);
  const remove = useMutation({
    mutationFn: removeSite,
    onSuccess: () => setDoomed(null),
    onSettled: () => queries.invalidateQueries({ queryKey: keys.all("sites") }),
  });
  const close = () => {
    setDoomed(null);
    remove.reset();
  };
  return (
    <Section title={t("sites")} flush actions={admin && <Button variant="default" h={28} leftSection={<Plus size={13} />} onClick={() => setEdited("new")}>{t("newSite")}</Button>}>
      {error && <ProblemNote error={error} onRetry={() => void refetch()} />}
      <table className={styles.table}>
        <thead>
          <tr>
            <th>{t("site")}</th>
            <th>{t("workstations")}</th>
            <th>{t("workers")}</th>
            <th>{t("notes")}</th>
            {admin && <th><span className="visually-hidden">{t("change")}</span></th>}
          </tr>
        </thead>
        <tbody>{data?.items.map((each) => <Row key={each.id} site={each} admin={admin} onEdit={() => setEdited(each)} onRemove={() => setDoomed(each)} />)}</tbody>
      </table>
      {edited && <SiteDialog site={edited === "new" ? null : edited} onClose={() => setEdited(null)} />}
      {doomed && (
        <ConfirmDialog opened title={t("removeTitle", { name: doomed.name })} action={t("remove")} pending={remove.isPending} error={remove.error} onConfirm={() => remove.mutate(doomed.id)} onClose={close}>
          {t("removeText")}
        </ConfirmDialog>
      )}
    </Section>
  );
}

function Row({ site, admin, onEdit, onRemove }: { site: Site; admin: boolean; onEdit: () => void; onRemove: () => void }) {
  const { t, i18n } = useTranslation("settings");
  return (
    <tr>
      <td><b style={{ fontWeight: 550 }}>{site.name}</b></td>
      <td className="number"><Link to="/workstations" search={{ q: `site:${site.name}` }}>{count(site.workstations, i18n.language)}</Link></td>
      <td>
        {site.workers.length === 0 ? <span className="dim">{t("server")}</span> : (
          <span className={styles.worker} title={site.workers.map((each) => each.name).join("\n")}>
            <StateShape shape="dot" />
            {t("alive", { count: site.workers.length, formatted: count(site.workers.length, i18n.language) })}
          </span>
        )}
      </td>
      <td className="dim">{site.notes || "–"}</td>
      {admin && (
        <td className={styles.buttons}>
          <Button variant="subtle" h={26} px={8} onClick={onEdit} aria-label={`${t("change")} ${site.name}`}>{t("change")}</Button>
          {site.workstations === 0 && <Button variant="subtle" h={26} px={8} onClick={onRemove} aria-label={`${t("remove")} ${site.name}`}>{t("remove")}</Button>}
        </td>
      )}
    </tr>
  );
}
