import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemError, UnreachableError } from "@/lib/problem";
import { StateShape } from "@/ui/state-shape";
import styles from "@/ui/problem-note.module.css";

/** A failure as it is stored with an operation, or as a request is refused. */
export interface Told {
  code: string;
  title: string;
  detail: string;
  hint: string | null;
  correlation_id?: string | null;
}

/** What any error tells a person. */
export function useTold(error: unknown): Told {
  const { t } = useTranslation("codes");
  if (error instanceof ProblemError) return translated(error.problem);
  if (error instanceof UnreachableError) {
    return { code: "unreachable", title: t("unreachable.title"), detail: t("unreachable.detail"), hint: t("unreachable.hint") };
  }
  return { code: "page_failed", title: t("page_failed.title"), detail: error instanceof Error ? error.message : String(error), hint: t("page_failed.hint") };

  function translated(told: Told): Told {
    const title = t(`${told.code}.title` as "unreachable.title", { defaultValue: told.title, ...told });
    const hint = t(`${told.code}.hint` as "unreachable.hint", { defaultValue: told.hint ?? "" });
    return { ...told, title, hint: hint || null };
  }
}

interface Props {
  error?: unknown;
  /** Instead of an error: the failure of an operation. */
  failure?: Told;
  /** On which PC, in which emulator, of which step. */
  where?: string;
  onRetry?: () => void;
}

/** What happened, where, what to do next, and by which id it is found in the logs. */
export function ProblemNote({ error, failure, where, onRetry }: Props) {
  const { t } = useTranslation("ui");
  const fromError = useTold(error ?? null);
  const told = failure ?? fromError;
  const [copied, setCopied] = useState(false);
  const id = told.correlation_id ?? null;

  function copy() {
    const text = [`${told.title} (${told.code})`, where, told.detail, told.hint, id].filter(Boolean).join("\n");
    void navigator.clipboard?.writeText(text).then(() => setCopied(true));
  }

  return (
    <section className={styles.note} role="alert">
      <div className={styles.head}>
        <StateShape shape="alert" />
        <span>{where ? `${told.title} · ${where}` : told.title}</span>
      </div>
      <p>{told.detail}</p>
      {told.hint && <p className="dim">{told.hint}</p>}
      <div className={styles.foot}>
        <a href={`/problems/${told.code}`} target="_blank" rel="noreferrer">
          <code>{told.code}</code>
        </a>
        {id && <code>{id}</code>}
        <button type="button" onClick={copy}>{copied ? t("copied") : t("copy")}</button>
        {onRetry && <button type="button" onClick={onRetry}>{t("tryAgain")}</button>}
      </div>
    </section>
  );
}
