import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemNote } from "@/ui/problem-note";

interface Props {
  opened: boolean;
  /** A question with the verb and the number: "Quit 5,874 running emulators?" */
  title: string;
  /** The true effect: where, what is left alone, how many at a time. */
  children: ReactNode;
  /** The verb and the number again. */
  action: string;
  /** The safe button: "Keep them running". */
  keep?: string;
  /** Has to be typed first: the count, or the name. */
  typed?: string | null;
  /** Asks for a reason, which goes to the audit log. */
  withReason?: boolean;
  /** Nothing is taken away: its button is not red. */
  calm?: boolean;
  pending?: boolean;
  error?: unknown;
  onConfirm: (reason: string | null) => void;
  onClose: () => void;
}

/** Asked only before what hurts (ui.md 7). */
export function ConfirmDialog(props: Props) {
  return (
    <Modal opened={props.opened} onClose={props.onClose} title={props.title} size={460} withCloseButton={false}>
      {props.opened && <Asking {...props} />}
    </Modal>
  );
}

function Asking({ children, action, keep, typed = null, withReason = false, calm = false, pending = false, error = null, onConfirm, onClose }: Props) {
  const { t } = useTranslation("ui");
  const [word, setWord] = useState("");
  const [reason, setReason] = useState("");
  const may = typed === null || word.trim() === typed;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (may && !pending) onConfirm(reason.trim() || null);
      }}
    >
      <Stack gap={14}>
        <div className="dim">{children}</div>
        {typed !== null && <TextInput label={t("typeToConfirm", { word: typed })} value={word} onChange={(event) => setWord(event.currentTarget.value)} autoComplete="off" data-autofocus />}
        {withReason && <TextInput label={t("reason")} value={reason} maxLength={500} onChange={(event) => setReason(event.currentTarget.value)} />}
        {error !== null && <ProblemNote error={error} />}
        <Group justify="flex-end" gap={8}>
          <Button variant="default" onClick={onClose} data-autofocus={typed === null || undefined}>{keep ?? t("keep")}</Button>
          <Button type="submit" loading={pending} disabled={!may} styles={{ root: { background: may && !calm ? "var(--bad-fill)" : undefined } }}>{action}</Button>
        </Group>
      </Stack>
    </form>
  );
}
