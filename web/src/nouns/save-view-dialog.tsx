import { Button, Checkbox, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answer, api } from "@/api/client";
import { ProblemNote } from "@/ui/problem-note";
import { type Shown, type View, addView, match } from "./view-requests";

interface Props {
  page: View["page"];
  shown: Shown;
  own: readonly View[];
  onClose: () => void;
  onSaved: () => Promise<void>;
}

/** Asks for a name; one that is one's own already is given what is shown now. */
export function SaveViewDialog({ page, shown, own, onClose, onSaved }: Props) {
  const { t } = useTranslation();
  const { t: ui } = useTranslation("ui");
  const [name, setName] = useState("");
  const [shared, setShared] = useState(false);
  const known = own.find((view) => view.name.toLowerCase() === name.trim().toLowerCase());
  const save = useMutation({
    mutationFn: () =>
      known
        ? answer(api.PATCH("/api/views/{view_id}", { params: { path: { view_id: known.id }, header: match(known.version) }, body: { ...shown, shared } }))
        : addView({ name: name.trim(), page, ...shown, shared }),
    onSuccess: () => {
      void onSaved();
      onClose();
    },
  });
  return (
    <Modal opened onClose={onClose} title={t("views.save")} size={420} withCloseButton={false}>
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
            <Button type="submit" disabled={!name.trim()} loading={save.isPending}>{t("views.do")}</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
