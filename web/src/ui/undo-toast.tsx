import { useTranslation } from "react-i18next";
import { useTold } from "@/ui/problem-note";
import { toastRefused, toastUndo } from "@/ui/toasts";
import styles from "@/ui/toasts.module.css";

/** Says that something small was changed, and offers to take it back. */
export function useUndoToast() {
  const { t } = useTranslation("ui");
  return (title: string, undo: () => Promise<unknown>) => {
    let asked = false;
    function back() {
      if (asked) return;
      asked = true;
      close();
      undo().then(() => void toastUndo(t("undone"), null), (error: unknown) => toastRefused(t("notUndone"), <Why error={error} />));
    }
    const close = toastUndo(title, <button type="button" className={styles.undo} onClick={back}>{t("undo")}</button>);
  };
}

function Why({ error }: { error: unknown }) {
  return <>{useTold(error).detail}</>;
}
