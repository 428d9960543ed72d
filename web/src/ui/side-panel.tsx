import { ActionIcon } from "@mantine/core";
import { X } from "lucide-react";
import { type ReactNode, useSyncExternalStore } from "react";
import { createPortal } from "react-dom";
import { useTranslation } from "react-i18next";
import { Store } from "@/lib/store";
import styles from "@/ui/side-panel.module.css";

/** Where the frame has room for the one panel; null until it is drawn. */
export const panelSlot = new Store<HTMLElement | null>(null);

interface Props {
  title: ReactNode;
  /** Beside the title: links, small buttons. */
  actions?: ReactNode;
  onClose: () => void;
  children: ReactNode;
}

/** The panel at the right, not modal. One at a time: who opens one closes the other (URL state). */
export function SidePanel({ title, actions, onClose, children }: Props) {
  const { t } = useTranslation("ui");
  const slot = useSyncExternalStore(panelSlot.subscribe, panelSlot.get);
  if (slot === null) return null;
  return createPortal(
    <aside className={styles.panel} aria-label={typeof title === "string" ? title : t("panel")}>
      <header className={styles.head}>
        <h2 className="clip">{title}</h2>
        {actions}
        <ActionIcon onClick={onClose} aria-label={t("close")} size={28}>
          <X size={16} />
        </ActionIcon>
      </header>
      <div className={styles.body}>{children}</div>
    </aside>,
    slot,
  );
}
