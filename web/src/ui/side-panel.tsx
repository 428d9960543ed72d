import { ActionIcon } from "@mantine/core";
import { X } from "lucide-react";
import { type ReactNode, useId, useLayoutEffect, useSyncExternalStore } from "react";
import { createPortal } from "react-dom";
import { useTranslation } from "react-i18next";
import { Store } from "@/lib/store";
import styles from "@/ui/side-panel.module.css";

/** Where the frame has room for the one panel; null until it is drawn. */
export const panelSlot = new Store<HTMLElement | null>(null);
/** Those that are open; the one opened last is seen, and closing it shows the one before. */
const opened = new Store<readonly string[]>([]);

interface Props {
  title: ReactNode;
  /** Beside the title: links, small buttons. */
  actions?: ReactNode;
  onClose: () => void;
  children: ReactNode;
}

/** The panel at the right, not modal; one is seen at a time. */
export function SidePanel({ title, actions, onClose, children }: Props) {
  const { t } = useTranslation("ui");
  const id = useId();
  const slot = useSyncExternalStore(panelSlot.subscribe, panelSlot.get);
  const seen = useSyncExternalStore(opened.subscribe, () => opened.get().at(-1) === id);
  useLayoutEffect(() => {
    opened.set([...opened.get(), id]);
    return () => opened.set(opened.get().filter((each) => each !== id));
  }, [id]);
  if (slot === null || !seen) return null;
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
