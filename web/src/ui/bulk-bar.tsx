import { ActionIcon } from "@mantine/core";
import { X } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { count } from "@/lib/amounts";
import { EVERYTHING, NOTHING, type Selection, sizeOf } from "@/lib/selection";
import styles from "@/ui/data-table.module.css";

interface Props {
  selection: Selection;
  /** How many match in all; null: not known. */
  total: number | null;
  onSelection: (selection: Selection) => void;
  children: ReactNode;
}

/** What can be done with what is selected; it floats above the rows. */
export function BulkBar({ selection, total, onSelection, children }: Props) {
  const { t, i18n } = useTranslation("ui");
  const size = sizeOf(selection, total);
  const formatted = size === null ? "…" : count(size, i18n.language);
  const offerAll = !selection.all && selection.ids.size > 1 && total !== null && total > selection.ids.size;
  return (
    <div className={styles.bulk} role="toolbar" aria-label={t("actions")}>
      <b className="number" aria-live="polite">{t("selected", { count: size ?? 0, formatted })}</b>
      {offerAll && (
        <button type="button" className={styles.plain} onClick={() => onSelection(EVERYTHING)}>
          {t("selectMatching", { count: total, formatted: count(total, i18n.language) })}
        </button>
      )}
      <span className={styles.line} />
      {children}
      <span className={styles.line} />
      <ActionIcon onClick={() => onSelection(NOTHING)} aria-label={t("clear")} size={28}>
        <X size={15} />
      </ActionIcon>
    </div>
  );
}
