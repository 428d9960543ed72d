import { notifications } from "@mantine/notifications";
import type { ReactNode } from "react";
import { i18n } from "@/i18n";

const LONG_ENOUGH_MS = 5000;
const UNDO_MS = 8000;

/** A button without words needs a name. */
const closing = () => ({ "aria-label": i18n.t("close") });

/** Something was asked for and accepted. How far it is, is in the tasks; never here. */
export function toastStarted(title: string, message?: ReactNode): void {
  notifications.show({ title, message, autoClose: LONG_ENOUGH_MS, color: "indigo", withBorder: true, closeButtonProps: closing() });
}

/** Something was refused: it stays until it is closed. */
export function toastRefused(title: string, message?: ReactNode): void {
  notifications.show({ title, message, autoClose: false, color: "red", withBorder: true, closeButtonProps: closing(), role: "alert" });
}

/** Something small was changed and can be taken back for 8 s. Gives what closes it. */
export function toastUndo(title: string, undo: ReactNode): () => void {
  const id = notifications.show({ title, message: undo, autoClose: UNDO_MS, color: "gray", withBorder: true, closeButtonProps: closing() });
  return () => notifications.hide(id);
}
