import { Button } from "@mantine/core";
import { Check, Copy } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

/** Copies a text; says so for as long as it is looked at. */
export function CopyButton({ text, label }: { text: string; label?: string }) {
  const { t } = useTranslation("ui");
  const [copied, setCopied] = useState(false);
  return (
    <Button variant="default" leftSection={copied ? <Check size={14} /> : <Copy size={14} />} onClick={() => void navigator.clipboard?.writeText(text).then(() => setCopied(true))} onBlur={() => setCopied(false)}>
      {copied ? t("copied") : (label ?? t("copy"))}
    </Button>
  );
}
