import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useCallback, useState } from "react";
import { useTranslation } from "react-i18next";
import { count } from "@/lib/amounts";
import { Asked as AskedMarks } from "@/live/asked";
import { useTold } from "@/ui/problem-note";
import { toastRefused, toastStarted } from "@/ui/toasts";
import { submit } from "./asking";
import { ALL_AT_ONCE, type Verb, askOf, asksBack } from "./verbs";
import styles from "./emulators.module.css";

/** What was asked for and is not seen yet, for the rows. */
export const marks = new AskedMarks<Verb>();

/** What is to be asked back, with the targets as they were when it was asked. */
export interface Asked {
  verb: Verb;
  ids: readonly string[];
  /** Fills the dialog's field beforehand: a backup's file. */
  file?: string;
}

/** Asks for verbs: at once where it does not hurt, else through the dialog that it gives. */
export function useAsking(onBatch: (id: string) => void) {
  const [asked, setAsked] = useState<Asked | null>(null);
  const tell = useToldStart(onBatch);
  const { t } = useTranslation("emulators");
  const { t: op } = useTranslation("operations");
  const send = useMutation({
    mutationFn: ({ verb, ids }: Asked) => submit({ verb, ids, params: {}, rollout: ALL_AT_ONCE, reason: null }),
    onSuccess: (batch) => tell(batch.verb, batch.total, batch.id),
    onMutate: ({ verb, ids }) => marks.mark(ids, verb),
    onError: (error, { verb }, takeBack) => {
      takeBack?.();
      toastRefused(t("refused", { verb: op(`verbs.${verb}`) }), <Reason error={error} />);
    },
  });
  const { mutate } = send;
  const ask = useCallback(
    (next: Asked) => {
      if (next.ids.length === 0) return;
      if (asksBack(askOf(next.verb), next.ids.length)) setAsked(next);
      else mutate(next);
    },
    [mutate],
  );
  return { ask, asked, close: useCallback(() => setAsked(null), []) };
}

/** Says that it was accepted, and leads to its results; how far it is, is there. */
export function useToldStart(onBatch: (id: string) => void) {
  const { t, i18n } = useTranslation("emulators");
  const { t: op } = useTranslation("operations");
  return (verb: Verb, number: number, batchId: string) =>
    toastStarted(
      t("asked", { verb: op(`verbs.${verb}`), count: number, formatted: count(number, i18n.language) }),
      <button type="button" className={styles.link} onClick={() => onBatch(batchId)}>{t("results")}</button>,
    );
}

/** Shows a batch's results in the panel of the fleet. */
export function useShowBatch() {
  const navigate = useNavigate();
  return useCallback((id: string) => void navigate({ to: "/emulators", search: (now) => ({ ...("q" in now ? now : {}), batch: id }) }), [navigate]);
}

function Reason({ error }: { error: unknown }) {
  const { detail, hint } = useTold(error);
  return <>{detail}{hint && <><br />{hint}</>}</>;
}
