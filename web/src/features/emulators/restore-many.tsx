import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answer, api, pageOf } from "@/api/client";
import type { Schema } from "@/api/types";
import { count } from "@/lib/amounts";
import { type Outcome, forEach } from "@/lib/each";
import { fleet } from "@/live/fleet-store";
import { Freshness } from "@/ui/freshness";
import { OutcomesDialog } from "@/ui/outcomes";
import { ProblemNote } from "@/ui/problem-note";
import { toastStarted } from "@/ui/toasts";
import styles from "./emulators.module.css";

type Backup = Schema<"BackupOut">;

/** Each is looked up and asked by itself. */
const MOST = 200;

interface Props {
  ids: readonly string[];
  onClose: () => void;
  onAsked: () => void;
}

const nameOf = (id: string) => fleet.get(id)?.name ?? id;

async function newestOf(id: string): Promise<readonly [string, Backup | null]> {
  const page = await pageOf<Backup>(api.GET("/api/backups", { params: { query: { emulator_id: id, sort: "-created", limit: 1 } } }));
  return [id, page.items[0] ?? null];
}

/** Gives each of many its own newest backup: no file is that of several. */
export function RestoreMany({ ids, onClose, onAsked }: Props) {
  const { t, i18n } = useTranslation("emulators");
  const { t: op } = useTranslation("operations");
  const { t: ui } = useTranslation("ui");
  const [typed, setTyped] = useState("");
  const [reason, setReason] = useState("");
  const [outcomes, setOutcomes] = useState<Outcome<Backup>[] | null>(null);
  const tooMany = ids.length > MOST;
  const found = useQuery({ queryKey: ["newest backups", ids], queryFn: async () => new Map(await inOrder(ids)), enabled: !tooMany, gcTime: 0 });
  const backups = [...(found.data?.values() ?? [])].filter((each) => each !== null);
  const without = [...(found.data ?? [])].filter(([, backup]) => backup === null).map(([id]) => nameOf(id));
  const formatted = count(backups.length, i18n.language);
  const send = useMutation({
    mutationFn: () => forEach(backups, (backup) => answer(api.POST("/api/emulators/{emulator_id}/restore", { params: { path: { emulator_id: backup.emulator_id ?? "" } }, body: { file: backup.file, on_busy: "queue", reason: reason.trim() || null } }))),
    onSuccess: (each) => {
      const accepted = each.filter(({ error }) => error === null).length;
      if (accepted > 0) toastStarted(t("asked", { verb: op("verbs.restore"), count: accepted, formatted: count(accepted, i18n.language) }));
      if (accepted < each.length) setOutcomes(each);
      else onAsked();
    },
  });
  const ready = backups.length > 0 && typed.trim() === String(backups.length);
  if (outcomes !== null) return <OutcomesDialog title={op("verbs.restore")} outcomes={outcomes} name={(backup) => backup.emulator_name} onClose={onClose} />;
  return (
    <Modal opened onClose={onClose} title={t("askMany", { verb: op("verbs.restore"), count: ids.length, formatted: count(ids.length, i18n.language) })} size={560} withCloseButton={false}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (ready && !send.isPending) send.mutate();
        }}
      >
        <Stack gap={14}>
          <p style={{ margin: 0 }}>{t("restoreMany.text")} {t("effects.restore")}</p>
          {tooMany && <p className="dim" style={{ margin: 0 }}>{t("notes.tooMany", { count: MOST, formatted: count(MOST, i18n.language) })}</p>}
          {found.isFetching && <p className="dim" role="status" style={{ margin: 0 }}>{ui("loading")}</p>}
          {found.error && <ProblemNote error={found.error} />}
          <ul className={styles.list} style={{ maxHeight: 220, overflowY: "auto" }}>
            {backups.map((each) => (
              <li key={each.id} style={{ display: "flex", gap: 8 }}><b className="clip">{nameOf(each.emulator_id ?? "")}</b><Freshness at={each.created_at} /></li>
            ))}
          </ul>
          {without.length > 0 && <p className="dim" style={{ margin: 0, overflowWrap: "anywhere" }}>{t("restoreMany.without", { names: without.join(", ") })}</p>}
          {backups.length > 0 && <TextInput label={ui("typeToConfirm", { word: String(backups.length) })} value={typed} onChange={(event) => setTyped(event.currentTarget.value)} autoComplete="off" data-autofocus />}
          <TextInput label={ui("reason")} value={reason} maxLength={500} onChange={(event) => setReason(event.currentTarget.value)} />
          <Group justify="flex-end" gap={8}>
            <Button variant="default" onClick={onClose}>{t("keepThem", { count: ids.length })}</Button>
            <Button type="submit" loading={send.isPending} disabled={!ready} {...(ready ? { styles: { root: { background: "var(--bad-fill)" } } } : {})}>{`${op("verbs.restore")} · ${formatted}`}</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

const TOGETHER = 4;

async function inOrder(ids: readonly string[]): Promise<(readonly [string, Backup | null])[]> {
  const found: (readonly [string, Backup | null])[] = [];
  for (let from = 0; from < ids.length; from += TOGETHER) found.push(...(await Promise.all(ids.slice(from, from + TOGETHER).map(newestOf))));
  return found;
}
