import { ActionIcon, Button, Checkbox, Group, Menu, Modal, Stack, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Bookmark, Save, Trash2, Users } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answer, api, pageOf } from "@/api/client";
import { keys } from "@/api/queries";
import type { Schema } from "@/api/types";
import { ProblemNote, useTold } from "@/ui/problem-note";
import { toastRefused } from "@/ui/toasts";
import { useUndoToast } from "./undo-toast";

type View = Schema<"ViewOut">;

interface Shown {
  filter: string;
  sort: string;
}

interface Props extends Shown {
  /** There is little room: no word beside the icon. */
  narrow: boolean;
  onShow: (shown: Shown) => void;
}

const add = (view: Schema<"ViewIn">) => answer(api.POST("/api/views", { body: view }));
const match = (version: number) => ({ "If-Match": `"${version}"` });

/** Filters and sorts by a name: one's own, and those that others share. */
export function SavedViews({ filter, sort, narrow, onShow }: Props) {
  const { t } = useTranslation("emulators");
  const queries = useQueryClient();
  const undoToast = useUndoToast();
  const [saving, setSaving] = useState(false);
  const { data } = useQuery({ queryKey: keys.list("views", "emulators"), queryFn: () => pageOf<View>(api.GET("/api/views", { params: { query: { page: "emulators", limit: 500 } } })) });
  const views = data?.items ?? [];
  const now = views.find((view) => view.filter === filter && view.sort === sort && (filter !== "" || sort !== ""));
  const again = () => queries.invalidateQueries({ queryKey: keys.all("views") });
  const remove = useMutation({
    mutationFn: (view: View) => api.DELETE("/api/views/{view_id}", { params: { path: { view_id: view.id }, header: match(view.version) } }),
    onSuccess: (_, { name, page, filter: its, sort: order, shared }) => {
      void again();
      undoToast(t("views.removed", { name }), () => add({ name, page, filter: its, sort: order, shared }).then(again));
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
      <Modal opened={saving} onClose={() => setSaving(false)} title={t("views.save")} size={420} withCloseButton={false}>
        {saving && <Saving shown={{ filter, sort }} own={views.filter((view) => view.own)} onClose={() => setSaving(false)} onSaved={again} />}
      </Modal>
    </>
  );
}

/** A name that is one's own already is given what is shown now. */
function Saving({ shown, own, onClose, onSaved }: { shown: Shown; own: readonly View[]; onClose: () => void; onSaved: () => Promise<void> }) {
  const { t } = useTranslation("emulators");
  const { t: ui } = useTranslation("ui");
  const [name, setName] = useState("");
  const [shared, setShared] = useState(false);
  const known = own.find((view) => view.name.toLowerCase() === name.trim().toLowerCase());
  const save = useMutation({
    mutationFn: () =>
      known
        ? answer(api.PATCH("/api/views/{view_id}", { params: { path: { view_id: known.id }, header: match(known.version) }, body: { ...shown, shared } }))
        : add({ name: name.trim(), page: "emulators", ...shown, shared }),
    onSuccess: () => {
      void onSaved();
      onClose();
    },
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim()) save.mutate();
      }}
    >
      <Stack gap={14}>
        <TextInput label={t("views.name")} value={name} onChange={(event) => setName(event.currentTarget.value)} maxLength={100} data-autofocus autoComplete="off" {...(known ? { description: t("views.overwrites") } : {})} />
        <Checkbox label={t("views.shared")} checked={shared} onChange={(event) => setShared(event.currentTarget.checked)} />
        <span className="dim mono">{shown.filter || t("views.everything")}{shown.sort && ` · ${shown.sort}`}</span>
        {save.error && <ProblemNote error={save.error} />}
        <Group justify="flex-end" gap={8}>
          <Button variant="default" onClick={onClose}>{ui("keep")}</Button>
          <Button type="submit" disabled={!name.trim()} loading={save.isPending}>{t("save")}</Button>
        </Group>
      </Stack>
    </form>
  );
}

function Why({ error }: { error: unknown }) {
  return <>{useTold(error).detail}</>;
}
