import { Select, Stack } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { answer, api } from "@/api/client";
import type { Schema } from "@/api/types";
import { moment } from "@/lib/time";
import { fleet } from "@/live/fleet-store";
import { ConfirmDialog } from "@/ui/confirm-dialog";
import { toastStarted } from "@/ui/toasts";

/** Asks before the disks of an emulator become those of a backup. */
export function RestoreDialog({ backup, onClose }: { backup: Schema<"BackupOut">; onClose: () => void }) {
  const { t, i18n } = useTranslation("backups");
  const [into, setInto] = useState(backup.emulator_id);
  const places = useMemo(() => [...fleet.rows()].filter((row) => row.workstationId === backup.workstation_id).map((row) => ({ value: row.id, label: row.name })), [backup.workstation_id]);
  const name = places.find((each) => each.value === into)?.label ?? backup.emulator_name;
  const restore = useMutation({
    mutationFn: ({ into, reason }: { into: string; reason: string | null }) => answer(api.POST("/api/emulators/{emulator_id}/restore", { params: { path: { emulator_id: into } }, body: { file: backup.file, on_busy: "queue", reason } })),
    onSuccess: () => {
      toastStarted(t("asked", { name }));
      onClose();
    },
  });
  return (
    <ConfirmDialog
      opened
      title={t("restoreTitle", { name })}
      action={`${t("restore")} ${name}`}
      keep={t("keep")}
      withReason
      pending={restore.isPending}
      error={restore.error}
      onConfirm={(reason) => into !== null && restore.mutate({ into, reason })}
      onClose={onClose}
    >
      <Stack gap={12}>
        <span>{t("restoreText", { name, at: moment(backup.created_at, i18n.language) })}</span>
        <code style={{ overflowWrap: "anywhere" }}>{backup.file}</code>
        <Select label={t("into", { workstation: fleet.workstation(backup.workstation_id)?.name ?? backup.workstation_id })} data={places} value={into} onChange={setInto} searchable allowDeselect={false} />
      </Stack>
    </ConfirmDialog>
  );
}
