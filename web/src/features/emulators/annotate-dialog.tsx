import { Button, Group, Modal, Stack, TagsInput, Textarea } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Emulator } from "@/api/types";
import { count } from "@/lib/amounts";
import { ProblemNote } from "@/ui/problem-note";
import { useUndoToast } from "@/ui/undo-toast";
import { type Annotation, annotateMany } from "./asking";

export type Note = "tags" | "notes" | "protect" | "unprotect";

/** Each is asked for and patched by itself. */
const MOST = 1000;

interface Props {
  note: Note;
  ids: readonly string[];
  tags: readonly string[];
  onClose: () => void;
}

/** Tags, notes and protection of many. */
export function AnnotateDialog({ note, ids, tags, onClose }: Props) {
  const { t, i18n } = useTranslation("emulators");
  return (
    <Modal opened onClose={onClose} title={t(`notes.title`, { what: t(`notes.${note}`).replace("…", ":"), count: ids.length, formatted: count(ids.length, i18n.language) })} size={460} withCloseButton={false}>
      <Annotating note={note} ids={ids} tags={tags} onClose={onClose} />
    </Modal>
  );
}

function Annotating({ note, ids, tags, onClose }: Props) {
  const { t, i18n } = useTranslation("emulators");
  const { t: ui } = useTranslation("ui");
  const [add, setAdd] = useState<string[]>([]);
  const [remove, setRemove] = useState<string[]>([]);
  const [text, setText] = useState("");
  const [done, setDone] = useState(0);
  const undoToast = useUndoToast();
  const many = useMutation({
    mutationFn: () => annotateMany(ids, patchOf, setDone),
    onSuccess: (undo) => {
      undoToast(t("notes.done", { count: ids.length, formatted: count(ids.length, i18n.language) }), undo);
      onClose();
    },
  });

  function patchOf(emulator: Emulator): Annotation {
    if (note === "notes") return { notes: text };
    if (note !== "tags") return { protected: note === "protect" };
    return { tags: [...new Set([...emulator.tags.filter((tag) => !remove.includes(tag)), ...add])] };
  }

  const tooMany = ids.length > MOST;
  const something = note !== "tags" || add.length + remove.length > 0;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (something && !tooMany && !many.isPending) many.mutate();
      }}
    >
      <Stack gap={14}>
        {note === "tags" && (
          <>
            <TagsInput label={t("notes.add")} data={[...tags]} value={add} onChange={setAdd} data-autofocus />
            <TagsInput label={t("notes.remove")} data={[...tags]} value={remove} onChange={setRemove} />
          </>
        )}
        {note === "notes" && <Textarea label={t("notes.text")} description={t("notes.replaces")} value={text} onChange={(event) => setText(event.currentTarget.value)} autosize minRows={3} maxLength={10_000} data-autofocus />}
        {(note === "protect" || note === "unprotect") && <p className="dim" style={{ margin: 0 }}>{t(`notes.${note}Text`)}</p>}
        {tooMany && <p className="dim" style={{ margin: 0 }}>{t("notes.tooMany", { count: MOST, formatted: count(MOST, i18n.language) })}</p>}
        {many.isPending && <span role="status" className="dim number">{count(done, i18n.language)} / {count(ids.length, i18n.language)}</span>}
        {many.error && <ProblemNote error={many.error} />}
        <Group justify="flex-end" gap={8}>
          <Button variant="default" onClick={onClose}>{ui("keep")}</Button>
          <Button type="submit" disabled={!something || tooMany} loading={many.isPending}>{t("save")}</Button>
        </Group>
      </Stack>
    </form>
  );
}
