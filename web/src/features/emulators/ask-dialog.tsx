import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { count } from "@/lib/amounts";
import { fleet } from "@/live/fleet-store";
import { ProblemNote } from "@/ui/problem-note";
import { planOf, submit } from "./asking";
import { ParamsFields } from "./params-fields";
import { PlanNote } from "./plan-note";
import { RolloutFields } from "./rollout-fields";
import { type Asked, marks, useToldStart } from "./use-asking";
import { ALL_AT_ONCE, GIVEN_NOTHING, type Given, type Rollout, askOf, paramsOf } from "./verbs";

interface Props {
  asked: Asked;
  onBatch: (id: string) => void;
  onClose: () => void;
  /** Whether it was told to do it: then the selection has served. */
  onAsked?: () => void;
}

/** Asks what a verb wants, shows what it would truly do, and does it. */
export function AskDialog({ asked, ...rest }: Props) {
  const { t, i18n } = useTranslation("emulators");
  const { t: op } = useTranslation("operations");
  const one = asked.ids.length === 1 ? fleet.get(asked.ids[0] ?? "") : undefined;
  const number = asked.ids.length;
  const title = one ? t("askOne", { verb: op(`verbs.${asked.verb}`), name: one.name }) : t("askMany", { verb: op(`verbs.${asked.verb}`), count: number, formatted: count(number, i18n.language) });
  return (
    <Modal opened onClose={rest.onClose} title={title} size={askOf(asked.verb).wants === "settings" ? 640 : 500} withCloseButton={false}>
      <Asking asked={asked} {...rest} />
    </Modal>
  );
}

const SETTLES_MS = 300;
let times = 0; // tells one dialog's plans from another's: the ids themselves may be thousands

function Asking({ asked, onBatch, onClose, onAsked }: Props) {
  const { t, i18n } = useTranslation("emulators");
  const { t: ui } = useTranslation("ui");
  const { t: op } = useTranslation("operations");
  const { wants, destroys } = askOf(asked.verb);
  const [dialog] = useState(() => ++times);
  const [given, setGiven] = useState<Given>({ ...GIVEN_NOTHING, file: asked.file ?? "" });
  const [rollout, setRollout] = useState<Rollout>(ALL_AT_ONCE);
  const [reason, setReason] = useState("");
  const [typed, setTyped] = useState("");
  const params = paramsOf(wants, given);
  const wish = { verb: asked.verb, ids: asked.ids, params: params ?? {}, rollout, reason: reason.trim() || null };
  const now = JSON.stringify([params, rollout]);
  const [settled] = useDebouncedValue(now, SETTLES_MS);
  const plan = useQuery({ queryKey: ["plan", dialog, settled], queryFn: () => planOf(wish), enabled: params !== null && settled === now, gcTime: 0, staleTime: Infinity, retry: false, placeholderData: (before) => before });
  const told = useToldStart(onBatch);
  const send = useMutation({
    mutationFn: () => submit(wish),
    onSuccess: (batch) => {
      marks.mark(asked.ids, asked.verb);
      told(batch.verb, batch.total, batch.id);
      onAsked?.();
      onClose();
    },
  });
  const planned = plan.data && params !== null ? plan.data.total - plan.data.refused : 0;
  const word = destroys && asked.ids.length > 1 ? String(planned) : null;
  const ready = planned > 0 && settled === now && !plan.isFetching && plan.error === null && (word === null || typed.trim() === word);
  const error = send.error ?? (params === null ? null : plan.error);
  const verb = op(`verbs.${asked.verb}`);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (ready && !send.isPending) send.mutate();
      }}
    >
      <Stack gap={14}>
        <ParamsFields wants={wants} given={given} onGiven={setGiven} />
        {params !== null && <PlanNote verb={asked.verb} plan={plan.data} pending={plan.isPending} />}
        {asked.ids.length > 1 && <RolloutFields value={rollout} onChange={setRollout} />}
        {word !== null && planned > 0 && <TextInput label={ui("typeToConfirm", { word })} value={typed} onChange={(event) => setTyped(event.currentTarget.value)} autoComplete="off" />}
        <TextInput label={ui("reason")} value={reason} maxLength={500} onChange={(event) => setReason(event.currentTarget.value)} />
        {error !== null && <ProblemNote error={error} />}
        <Group justify="flex-end" gap={8}>
          <Button variant="default" onClick={onClose} data-autofocus={wants === null || undefined}>{destroys ? t("keepThem", { count: asked.ids.length }) : ui("keep")}</Button>
          <Button type="submit" loading={send.isPending} disabled={!ready} {...(destroys && ready ? { styles: { root: { background: "var(--bad-fill)" } } } : {})}>
            {asked.ids.length === 1 || planned === 0 ? verb : `${verb} · ${count(planned, i18n.language)}`}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
