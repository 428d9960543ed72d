import { Button, Group, Modal, Stack, TagsInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ScanSearch, Tag, Wrench } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { List } from "@/api/lists";
import { keys } from "@/api/queries";
import type { Workstation } from "@/api/types";
import { count } from "@/lib/amounts";
import { type Outcome, forEach } from "@/lib/each";
import { type Selection, holds } from "@/lib/selection";
import { OutcomesDialog } from "@/ui/outcomes";
import { toastRefused, toastStarted } from "@/ui/toasts";
import { Reason } from "@/nouns/operation-parts";
import { HoldDialog } from "./hold-dialog";
import { batch, change, hold, release } from "./requests";

interface Props {
  selection: Selection;
  list: List<Workstation>;
  onDone: () => void;
}

/** What can be done with several workstations at once. */
export function BulkWorkstations({ selection, list, onDone }: Props) {
  const { t, i18n } = useTranslation("workstations");
  const queries = useQueryClient();
  const [dialog, setDialog] = useState<"hold" | "tags" | null>(null);
  const [pending, setPending] = useState(false);
  const [outcomes, setOutcomes] = useState<Outcome<Workstation>[] | null>(null);

  async function selected(): Promise<Workstation[]> {
    const all = selection.all ? await list.all() : list.rows;
    return all.filter((each) => holds(selection, each.id));
  }

  async function each(act: (workstation: Workstation) => Promise<unknown>) {
    setPending(true);
    const told = await forEach(await selected(), act);
    setPending(false);
    setDialog(null);
    setOutcomes(told);
    await queries.invalidateQueries({ queryKey: keys.all("workstations") });
    if (told.every(({ error }) => error === null)) onDone();
  }

  async function scanAll() {
    setPending(true);
    try {
      const made = await batch("scan", (await selected()).map(({ id }) => id));
      const id = "id" in made ? made.id : "";
      toastStarted(t("bulk.scanning", { count: made.total, formatted: count(made.total, i18n.language) }), <Link to="/operations/batches/$batchId" params={{ batchId: id }}>{t("bulk.follow")}</Link>);
      onDone();
    } catch (error) {
      toastRefused(t("bulk.refused"), <Reason error={error} />);
    }
    setPending(false);
  }

  return (
    <>
      <Button variant="subtle" leftSection={<ScanSearch size={14} />} loading={pending} onClick={() => void scanAll()}>{t("scan")}</Button>
      <Button variant="subtle" leftSection={<Wrench size={14} />} onClick={() => setDialog("hold")}>{t("hold")}</Button>
      <Button variant="subtle" onClick={() => void each(({ id }) => release(id))}>{t("release")}</Button>
      <Button variant="subtle" leftSection={<Tag size={14} />} onClick={() => setDialog("tags")}>{t("tags")}</Button>
      <HoldDialog opened={dialog === "hold"} pending={pending} error={null} onClose={() => setDialog(null)} onHold={(reason) => void each(({ id }) => hold(id, reason))} />
      <TagsDialog
        opened={dialog === "tags"}
        pending={pending}
        onClose={() => setDialog(null)}
        onTags={(add, remove) => void each((of) => change(of.id, { tags: [...new Set([...of.tags, ...add])].filter((tag) => !remove.includes(tag)) }, "*"))}
      />
      <OutcomesDialog title={t("bulk.refused")} outcomes={outcomes} name={({ name }) => name} onClose={() => setOutcomes(null)} />
    </>
  );
}

function TagsDialog({ opened, pending, onClose, onTags }: { opened: boolean; pending: boolean; onClose: () => void; onTags: (add: string[], remove: string[]) => void }) {
  const { t } = useTranslation("workstations");
  const { t: ui } = useTranslation("ui");
  const [add, setAdd] = useState<string[]>([]);
  const [remove, setRemove] = useState<string[]>([]);
  return (
    <Modal opened={opened} onClose={onClose} title={t("bulk.tags")} size={460} withCloseButton={false}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onTags(add, remove);
        }}
      >
        <Stack gap={14}>
          <TagsInput label={t("bulk.addTags")} value={add} onChange={setAdd} splitChars={[",", " "]} data-autofocus />
          <TagsInput label={t("bulk.removeTags")} value={remove} onChange={setRemove} splitChars={[",", " "]} />
          <Group justify="flex-end" gap={8}>
            <Button variant="default" onClick={onClose}>{ui("keep")}</Button>
            <Button type="submit" loading={pending} disabled={add.length + remove.length === 0}>{t("bulk.tags")}</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
