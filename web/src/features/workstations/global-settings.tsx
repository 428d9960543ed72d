import { Button, Group, Modal, NumberInput, SegmentedControl, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { keys } from "@/api/queries";
import type { Schema, Workstation } from "@/api/types";
import { showRefusals } from "@/ui/forms";
import { ProblemNote } from "@/ui/problem-note";
import { toastStarted } from "@/ui/toasts";
import { setGlobally } from "./requests";

const FLAGS = ["audio", "fast_play", "clean_mode"] as const;
type Choice = "leave" | "on" | "off";
type Values = { fps: number | ""; reason: string } & Record<(typeof FLAGS)[number], Choice>;
const BLANK: Values = { fps: "", audio: "leave", fast_play: "leave", clean_mode: "leave", reason: "" };

function bodyOf({ fps, reason, ...flags }: Values): Schema<"GlobalSettingsIn"> {
  const chosen = Object.entries(flags).filter(([, value]) => value !== "leave").map(([name, value]) => [name, value === "on"]);
  return { ...Object.fromEntries(chosen), ...(fps === "" ? {} : { fps }), ...(reason.trim() ? { reason: reason.trim() } : {}) };
}

/** Settings that all emulators of a PC share; LDPlayer tells nobody what they are now. */
export function GlobalSettingsDialog({ opened, workstation: { id }, onClose }: { opened: boolean; workstation: Workstation; onClose: () => void }) {
  const { t } = useTranslation("workstations");
  const { t: ui } = useTranslation("ui");
  const queries = useQueryClient();
  const form = useForm<Values>({ initialValues: BLANK });
  const send = useMutation({
    mutationFn: (body: Schema<"GlobalSettingsIn">) => setGlobally(id, body),
    onSuccess: (operation) => {
      toastStarted(t("asked"), <Link to="/operations/$operationId" params={{ operationId: operation.id }}>{t("follow")}</Link>);
      form.reset();
      onClose();
    },
    onError: (error) => showRefusals(form, error),
    onSettled: () => queries.invalidateQueries({ queryKey: keys.all("operations") }),
  });
  const { reason: _, ...settings } = bodyOf(form.values);
  return (
    <Modal opened={opened} onClose={onClose} title={t("global.title")} size={480} withCloseButton={false}>
      <form onSubmit={form.onSubmit((values) => send.mutate(bodyOf(values)))}>
        <Stack gap={14}>
          <p className="dim" style={{ margin: 0 }}>{t("global.text")}</p>
          <NumberInput label={t("global.fps")} min={0} max={60} allowDecimal={false} placeholder={t("global.leave")} {...form.getInputProps("fps")} data-autofocus />
          {FLAGS.map((name) => (
            <Group key={name} justify="space-between">
              <span id={`global-${name}`}>{t(`global.${name}`)}</span>
              <SegmentedControl size="xs" aria-labelledby={`global-${name}`} value={form.values[name]} onChange={(value) => form.setFieldValue(name, value as Choice)} data={(["leave", "on", "off"] as const).map((value) => ({ value, label: t(`global.${value}`) }))} />
            </Group>
          ))}
          <TextInput label={ui("reason")} maxLength={500} {...form.getInputProps("reason")} />
          {send.error && <ProblemNote error={send.error} />}
          <Group justify="flex-end" gap={8}>
            <Button variant="default" onClick={onClose}>{ui("keep")}</Button>
            <Button type="submit" loading={send.isPending} disabled={Object.keys(settings).length === 0}>{t("global.send")}</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
