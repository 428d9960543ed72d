import { Button, Group, Stack, Switch, TagsInput, Textarea } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMay } from "@/api/session";
import type { Emulator } from "@/api/types";
import { ProblemNote } from "@/ui/problem-note";
import { useUndoToast } from "@/ui/undo-toast";
import { type Annotation, annotate, emulatorQuery } from "./asking";
import { Tags } from "./tags";
import { useKnown } from "./use-fleet-view";

type Fields = Pick<Emulator, "tags" | "notes" | "protected">;

const fieldsOf = ({ tags, notes, protected: held }: Emulator): Fields => ({ tags, notes, protected: held });

/** Only what differs is sent, so that others' changes of the rest stay. */
function changed(before: Fields, after: Fields): Annotation {
  return Object.fromEntries(Object.entries(after).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name as keyof Fields])));
}

/** Tags, notes and protection; saving can be taken back. */
export function AnnotateForm({ emulator }: { emulator: Emulator }) {
  const { t } = useTranslation("emulators");
  const { t: ui } = useTranslation("ui");
  const may = useMay("operator");
  const { tags: known } = useKnown();
  const queries = useQueryClient();
  const undoToast = useUndoToast();
  const before = fieldsOf(emulator);
  const [edited, setEdited] = useState<Fields | null>(null);
  const shown = edited ?? before;
  const patch = changed(before, shown);
  const save = useMutation({
    mutationFn: () => annotate(emulator.id, emulator.version, patch),
    onSuccess: (saved) => {
      queries.setQueryData(emulatorQuery(emulator.id).queryKey, saved);
      setEdited(null);
      const back = changed(fieldsOf(saved), before);
      undoToast(t("notes.saved", { name: saved.name }), () => annotate(saved.id, saved.version, back).then((undone) => queries.setQueryData(emulatorQuery(emulator.id).queryKey, undone)));
    },
    onError: () => queries.invalidateQueries({ queryKey: emulatorQuery(emulator.id).queryKey }),
  });
  if (!may || emulator.removed_at !== null) {
    return (
      <Stack gap={8}>
        <Tags tags={emulator.tags} />
        <span className={emulator.notes ? "" : "dim"} style={{ whiteSpace: "pre-wrap" }}>{emulator.notes || t("notes.none")}</span>
      </Stack>
    );
  }
  const set = (fields: Partial<Fields>) => setEdited({ ...shown, ...fields });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <Stack gap={12}>
        <TagsInput label={t("columns.tags")} data={known} value={[...shown.tags]} onChange={(tags) => set({ tags })} />
        <Textarea label={t("notes.text")} value={shown.notes} onChange={(event) => set({ notes: event.currentTarget.value })} autosize minRows={2} maxRows={10} maxLength={10_000} />
        <Switch label={t("protected")} description={t("facts.protectedText")} checked={shown.protected} onChange={(event) => set({ protected: event.currentTarget.checked })} />
        {save.error && <ProblemNote error={save.error} />}
        {Object.keys(patch).length > 0 && (
          <Group gap={8}>
            <Button type="submit" loading={save.isPending}>{t("save")}</Button>
            <Button variant="default" onClick={() => setEdited(null)}>{ui("keep")}</Button>
          </Group>
        )}
      </Stack>
    </form>
  );
}
