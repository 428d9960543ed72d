import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { List } from "@/api/lists";
import { keys } from "@/api/queries";
import { cancelOperation } from "@/api/tasks";
import type { Operation } from "@/api/types";
import { count } from "@/lib/amounts";
import { type Outcome, forEach } from "@/lib/each";
import { type Selection, holds } from "@/lib/selection";
import { mayCancel, mayRetry, retryOperation } from "@/nouns/operation-actions";
import { ConfirmDialog } from "@/ui/confirm-dialog";
import { OutcomesDialog } from "@/ui/outcomes";
import { toastStarted } from "@/ui/toasts";

interface Props {
  selection: Selection;
  list: List<Operation>;
  onDone: () => void;
  icons: { cancel: ReactNode; retry: ReactNode };
}

type Doing = "cancel" | "retry";
const DO = {
  cancel: { fits: mayCancel, act: cancelOperation },
  retry: { fits: mayRetry, act: retryOperation },
} as const;

/** Cancels or asks anew what is selected, as far as it can be. */
export function BulkOperations({ selection, list, onDone, icons }: Props) {
  const { t, i18n } = useTranslation("operations");
  const queries = useQueryClient();
  const [asked, setAsked] = useState<{ doing: Doing; fit: Operation[]; left: number } | null>(null);
  const [pending, setPending] = useState(false);
  const [outcomes, setOutcomes] = useState<Outcome<Operation>[] | null>(null);

  async function ask(doing: Doing) {
    setPending(true);
    const all = selection.all ? await list.all() : list.rows;
    const selected = all.filter((each) => holds(selection, each.id));
    const fit = selected.filter(DO[doing].fits);
    setPending(false);
    setAsked({ doing, fit, left: selected.length - fit.length });
  }

  async function act({ doing, fit }: { doing: Doing; fit: Operation[] }) {
    setPending(true);
    const each = await forEach(fit, ({ id }) => DO[doing].act(id));
    setPending(false);
    setAsked(null);
    setOutcomes(each);
    const accepted = each.filter(({ error }) => error === null).length;
    if (accepted > 0) toastStarted(t(`bulk.${doing}ed`, { count: accepted, formatted: count(accepted, i18n.language) }));
    await queries.invalidateQueries({ queryKey: keys.all("operations") });
    if (accepted === each.length) onDone();
  }

  const number = asked?.fit.length ?? 0;
  const formatted = count(number, i18n.language);
  return (
    <>
      <Button variant="subtle" leftSection={icons.cancel} loading={pending} onClick={() => void ask("cancel")}>{t("cancel")}</Button>
      <Button variant="subtle" leftSection={icons.retry} loading={pending} onClick={() => void ask("retry")}>{t("retry")}</Button>
      <ConfirmDialog
        opened={asked !== null}
        title={t(`bulk.${asked?.doing ?? "cancel"}Title`, { count: number, formatted })}
        action={t(`bulk.${asked?.doing ?? "cancel"}Title`, { count: number, formatted }).replace("?", "")}
        keep={t("keep")}
        pending={pending}
        onClose={() => setAsked(null)}
        onConfirm={() => asked && void act(asked)}
      >
        {t(`bulk.${asked?.doing ?? "cancel"}Text`)} {asked && asked.left > 0 && t("bulk.left", { count: asked.left, formatted: count(asked.left, i18n.language) })}
      </ConfirmDialog>
      <OutcomesDialog title={t("bulk.refused")} outcomes={outcomes} name={({ id, verb }) => `${t(`verbs.${verb}`)} ${id}`} onClose={() => setOutcomes(null)} />
    </>
  );
}
