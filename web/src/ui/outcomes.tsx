import { Button, Group, Modal, Stack } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { count } from "@/lib/amounts";
import type { Outcome } from "@/lib/each";
import { useTold } from "@/ui/problem-note";
import { StateShape } from "@/ui/state-shape";
import styles from "@/ui/outcomes.module.css";

interface Props<T> {
  title: string;
  outcomes: readonly Outcome<T>[] | null;
  name: (item: T) => string;
  onClose: () => void;
}

/** How something that was asked of many was taken by each: only shown where some refused. */
export function OutcomesDialog<T>({ title, outcomes, name, onClose }: Props<T>) {
  const { t, i18n } = useTranslation("ui");
  const refused = outcomes?.filter((each) => each.error !== null) ?? [];
  const accepted = (outcomes?.length ?? 0) - refused.length;
  return (
    <Modal opened={refused.length > 0} onClose={onClose} title={title} size={560}>
      <Stack gap={12}>
        <p className="dim" style={{ margin: 0 }}>
          {t("accepted", { count: accepted, formatted: count(accepted, i18n.language) })} · {t("refused", { count: refused.length, formatted: count(refused.length, i18n.language) })}
        </p>
        <ul className={styles.list}>
          {refused.map((each) => <Refused key={name(each.item)} name={name(each.item)} error={each.error} />)}
        </ul>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>{t("close")}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function Refused({ name, error }: { name: string; error: unknown }) {
  const told = useTold(error);
  return (
    <li>
      <span style={{ color: "var(--bad)", display: "inline-flex" }}>
        <StateShape shape="alert" />
      </span>
      <span>
        <b>{name}</b> <span className="dim">{told.detail}</span>
        {told.hint && <span className="faint"> {told.hint}</span>}
      </span>
    </li>
  );
}
