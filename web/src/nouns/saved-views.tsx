import { ActionIcon, Button, Menu } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Bookmark, Save, Trash2, Users } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, pageOf } from "@/api/client";
import { keys } from "@/api/queries";
import { lazily } from "@/ui/lazily";
import { useTold } from "@/ui/problem-note";
import { toastRefused } from "@/ui/toasts";
import { useUndoToast } from "@/ui/undo-toast";
import { type Shown, type View, addView, match } from "./view-requests";

const SaveViewDialog = lazily(() => import("./save-view-dialog").then((there) => there.SaveViewDialog));

interface Props extends Shown {
  page: View["page"];
  /** There is little room: no word beside the icon. */
  narrow?: boolean;
  onShow: (shown: Shown) => void;
}

/** Filters and sorts by a name: one's own, and those that others share. */
export function SavedViews({ page, filter, sort, narrow, onShow }: Props) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const undoToast = useUndoToast();
  const [saving, setSaving] = useState(false);
  const { data } = useQuery({ queryKey: keys.list("views", page), queryFn: () => pageOf<View>(api.GET("/api/views", { params: { query: { page, limit: 500 } } })) });
  const views = data?.items ?? [];
  const now = views.find((view) => view.filter === filter && view.sort === sort && (filter !== "" || sort !== ""));
  const again = () => queries.invalidateQueries({ queryKey: keys.all("views") });
  const remove = useMutation({
    mutationFn: (view: View) => api.DELETE("/api/views/{view_id}", { params: { path: { view_id: view.id }, header: match(view.version) } }),
    onSuccess: (_, { name, page, filter: its, sort: order, shared }) => {
      void again();
      undoToast(t("views.removed", { name }), () => addView({ name, page, filter: its, sort: order, shared }).then(again));
    },
    onError: (error) => toastRefused(t("views.notRemoved"), <Why error={error} />),
  });

  const entry = (view: View) => (
    <Menu.Item key={view.id} leftSection={view.shared ? <Users size={14} /> : <Bookmark size={14} />} onClick={() => onShow(view)} {...(view === now ? { "aria-current": true, fw: 650 } : {})}>
      {view.name}
      {!view.own && <span className="faint"> · {view.owner}</span>}
    </Menu.Item>
  );
  return (
    <>
      <Menu position="bottom-end" width={260}>
        <Menu.Target>
          {narrow ? <ActionIcon variant="default" aria-label={t("views.title")}><Bookmark size={15} /></ActionIcon> : <Button variant="default" leftSection={<Bookmark size={14} />}>{now?.name ?? t("views.title")}</Button>}
        </Menu.Target>
        <Menu.Dropdown>
          {views.length === 0 && <Menu.Label>{t("views.none")}</Menu.Label>}
          {views.map(entry)}
          <Menu.Divider />
          <Menu.Item leftSection={<Save size={14} />} onClick={() => setSaving(true)}>{t("views.save")}</Menu.Item>
          {now?.own && <Menu.Item leftSection={<Trash2 size={14} />} onClick={() => remove.mutate(now)}>{t("views.remove", { name: now.name })}</Menu.Item>}
        </Menu.Dropdown>
      </Menu>
      {saving && <SaveViewDialog page={page} shown={{ filter, sort }} own={views.filter((view) => view.own)} onClose={() => setSaving(false)} onSaved={again} />}
    </>
  );
}

function Why({ error }: { error: unknown }) {
  return <>{useTold(error).detail}</>;
}
