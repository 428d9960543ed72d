import { Button, Group, Stack } from "@mantine/core";
import { Check, Copy } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import styles from "./access.module.css";

/** A secret that is shown this once. */
export function Secret({ text, secret, label, onDone }: { text: string; secret: string; label: string; onDone: () => void }) {
  const { t } = useTranslation("access");
  const { t: ui } = useTranslation("ui");
  const [copied, setCopied] = useState(false);
  return (
    <Stack gap={14}>
      <div className="dim">{text}</div>
      <div className={styles.secret}>
        <code aria-label={label}>{secret}</code>
        <Button variant="default" leftSection={copied ? <Check size={14} /> : <Copy size={14} />} onClick={() => void navigator.clipboard?.writeText(secret).then(() => setCopied(true))}>
          {copied ? ui("copied") : ui("copy")}
        </Button>
      </div>
      <Group justify="flex-end">
        <Button onClick={onDone}>{t("noted")}</Button>
      </Group>
    </Stack>
  );
}
