import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemNote } from "@/ui/problem-note";

interface Props {
  opened: boolean;
  pending: boolean;
  error: unknown;
  onHold: (reason: string) => void;
  onClose: () => void;
}

/** Maintenance needs a reason: everybody who waits for the PC reads it. */
export function HoldDialog({ opened, pending, error, onHold, onClose }: Props) {
  const { t } = useTranslation("workstations");
  const { t: ui } = useTranslation("ui");
  const [reason, setReason] = useState("");
  return (
    <Modal opened={opened} onClose={onClose} title={t("holdTitle")} size={460} withCloseButton={false}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (reason.trim()) onHold(reason.trim());
        }}
      >
        <Stack gap={14}>
          <p className="dim" style={{ margin: 0 }}>{t("holdText")}</p>
          <TextInput label={ui("reason")} required maxLength={500} value={reason} onChange={(event) => setReason(event.currentTarget.value)} data-autofocus />
          {error !== null && <ProblemNote error={error} />}
          <Group justify="flex-end" gap={8}>
            <Button variant="default" onClick={onClose}>{ui("keep")}</Button>
            <Button type="submit" loading={pending} disabled={!reason.trim()}>{t("hold")}</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
