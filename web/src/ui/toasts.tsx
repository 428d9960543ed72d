import { notifications } from "@mantine/notifications";
import type { ReactNode } from "react";

const LONG_ENOUGH_MS = 5000;
const UNDO_MS = 8000;

/** Something was asked for and accepted. How far it is, is in the tasks; never here. */
export function toastStarted(title: string, message?: ReactNode): void {
  notifications.show({ title, message, autoClose: LONG_ENOUGH_MS, color: "indigo", withBorder: true });
}

/** Something was refused: it stays until it is closed. */
export function toastRefused(title: string, message?: ReactNode): void {
  notifications.show({ title, message, autoClose: false, color: "red", withBorder: true, role: "alert" });
}

/** Something small was changed and can be taken back for 8 s. Gives what closes it. */
export function toastUndo(title: string, undo: ReactNode): () => void {
  const id = notifications.show({ title, message: undo, autoClose: UNDO_MS, color: "gray", withBorder: true });
  return () => notifications.hide(id);
}
