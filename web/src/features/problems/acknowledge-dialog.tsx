import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemNote } from "@/ui/problem-note";

interface Props {
  opened: boolean;
  /** Of what, where. */
  name: string;
  pending: boolean;
  error: unknown;
  onSend: (reason: string) => void;
  onClose: () => void;
}

/** Says that somebody looks after a problem: it stays, and is red no more. */
export function AcknowledgeDialog(props: Props) {
  const { t } = useTranslation("problems");
  return (
    <Modal opened={props.opened} onClose={props.onClose} title={t("acknowledgeTitle")} size={460} withCloseButton={false}>
      {props.opened && <Asking {...props} />}
    </Modal>
  );
}

function Asking({ name, pending, error, onSend, onClose }: Props) {
  const { t } = useTranslation("problems");
  const { t: ui } = useTranslation("ui");
  const [reason, setReason] = useState("");
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (reason.trim() && !pending) onSend(reason.trim());
      }}
    >
      <Stack gap={14}>
        <div className="dim"><b>{name}</b> {t("acknowledgeText")}</div>
        <TextInput label={t("who")} value={reason} maxLength={500} required withAsterisk={false} data-autofocus onChange={(event) => setReason(event.currentTarget.value)} />
        {error !== null && <ProblemNote error={error} />}
        <Group justify="flex-end" gap={8}>
          <Button variant="default" onClick={onClose}>{ui("keep")}</Button>
          <Button type="submit" loading={pending} disabled={!reason.trim()}>{t("acknowledge")}</Button>
        </Group>
      </Stack>
    </form>
  );
}
