import { Button, Group } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answer, api } from "@/api/client";
import { useMay } from "@/api/session";
import type { Emulator, Schema } from "@/api/types";
import { refusedFields } from "@/lib/problem";
import { ConfirmDialog } from "@/ui/confirm-dialog";
import { Freshness } from "@/ui/freshness";
import { ProblemNote } from "@/ui/problem-note";
import { toastStarted } from "@/ui/toasts";
import { configQuery } from "./asking";
import { SettingsFields } from "./settings-fields";
import { type Draft, FLAGS, type SettingChange, changesOf, draftOf, fieldOf, missingOf, settingsOf } from "./settings";
import styles from "./emulators.module.css";

/** The 14 parameters of `modify`, with what would change before it is asked for. */
export function SettingsTab({ emulator }: { emulator: Emulator }) {
  const { t } = useTranslation("emulators");
  const { data, error } = useQuery(configQuery(emulator.id));
  if (error) return <ProblemNote error={error} />;
  if (!data) return <span className="dim">{t("loading")}</span>;
  return <Editor emulator={emulator} config={data} />;
}

function Editor({ emulator, config }: { emulator: Emulator; config: Schema<"EmulatorConfigOut"> }) {
  const { t } = useTranslation("emulators");
  const { t: ui } = useTranslation("ui");
  const may = useMay("operator");
  const known = draftOf(config);
  const [edited, setEdited] = useState<Draft | null>(null);
  const [asking, setAsking] = useState(false);
  const draft = edited ?? known;
  const changes = changesOf(known, draft);
  const modify = useMutation({
    mutationFn: (reason: string | null) => answer(api.POST("/api/emulators/{emulator_id}/modify", { params: { path: { emulator_id: emulator.id } }, body: { settings: settingsOf(known, draft), reason, on_busy: "queue" } })),
    onSuccess: () => {
      toastStarted(t("settings.asked", { name: emulator.name }), t("settings.nextStart"));
      setAsking(false);
      setEdited(null);
    },
  });
  const errors = Object.fromEntries(Object.entries(refusedFields(modify.error)).map(([pointer, reason]) => [fieldOf(pointer), reason]));
  const ready = changes.length > 0 && missingOf(known, draft).length === 0;
  return (
    <section className={`card ${styles.box}`} style={{ maxWidth: 1000 }}>
      <p className="dim" style={{ margin: 0 }}>
        {t("settings.nextStart")} {t("settings.leaveEmpty")} {t("facts.read")}: <Freshness at={config.read_at} oldAfter={600} />
      </p>
      <fieldset disabled={!may || emulator.removed_at !== null} style={{ border: 0, padding: 0, margin: 0 }}>
        <SettingsFields known={known} draft={draft} errors={errors} onDraft={setEdited} />
      </fieldset>
      {changes.length > 0 && <Diff changes={changes} />}
      {may && (
        <Group gap={8}>
          <Button disabled={!ready} onClick={() => setAsking(true)}>{t("settings.review", { count: changes.length })}</Button>
          {edited && <Button variant="default" onClick={() => setEdited(null)}>{ui("keep")}</Button>}
        </Group>
      )}
      <ConfirmDialog opened={asking} title={t("settings.confirm", { name: emulator.name, count: changes.length })} action={t("settings.do", { count: changes.length })} withReason calm pending={modify.isPending} error={modify.error} onConfirm={(reason) => modify.mutate(reason)} onClose={() => setAsking(false)}>
        <Diff changes={changes} />
        <p style={{ marginBottom: 0 }}>{t(emulator.power === "running" ? "settings.whileRunning" : "settings.nextStart")}</p>
      </ConfirmDialog>
    </section>
  );
}

/** From what to what, field by field. */
function Diff({ changes }: { changes: readonly SettingChange[] }) {
  const { t } = useTranslation("emulators");
  const said = (field: SettingChange["field"], value: string) => (FLAGS.has(field) ? t(value === "yes" ? "yes" : "no") : value);
  return (
    <dl className={styles.diff} aria-label={t("settings.diff")}>
      {changes.map(({ field, from, to }) => (
        <Line key={field} name={t(`settings.fields.${field}`)} from={from === null ? t("unknown") : said(field, from)} to={said(field, to)} />
      ))}
    </dl>
  );
}

function Line({ name, from, to }: { name: string; from: string; to: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd><del>{from}</del> → <ins>{to}</ins></dd>
    </>
  );
}
