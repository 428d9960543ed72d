import { Button, Group, NumberInput, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Terminal } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { OperationNow, OperationResult } from "@/nouns/operation-parts";
import { operationQuery } from "@/nouns/operation-queries";
import { EmptyState } from "@/ui/empty-state";
import { showRefusals } from "@/ui/forms";
import { ProblemNote } from "@/ui/problem-note";
import { Column, Section } from "@/ui/section";
import { argumentsOf } from "./arguments";
import { command } from "./requests";
import type { TabProps } from "./workstation-page";

/** A raw command on the PC: for administrators, and in the audit log with its outcome. */
export function ConsoleTab({ workstation: { id, name } }: TabProps) {
  const { t } = useTranslation("workstations");
  const { t: ui } = useTranslation("ui");
  const [asked, setAsked] = useState<readonly string[]>([]);
  const form = useForm({ initialValues: { argv: "", deadline_s: 60 as number | "", reason: "" } });
  const send = useMutation({
    mutationFn: (values: typeof form.values) => command(id, { argv: argumentsOf(values.argv), ...(values.deadline_s === "" ? {} : { deadline_s: values.deadline_s }), ...(values.reason.trim() ? { reason: values.reason.trim() } : {}) }),
    onSuccess: (operation) => setAsked((now) => [operation.id, ...now]),
    onError: (error) => showRefusals(form, error),
  });
  return (
    <Column>
      <Section title={t("console.title", { name })}>
        <form onSubmit={form.onSubmit((values) => send.mutate(values))}>
          <Stack gap={12}>
            <p className="dim" style={{ margin: 0 }}>{t("console.text")}</p>
            <Group align="flex-end" gap={10} wrap="nowrap">
              <TextInput label={t("console.command")} placeholder={String.raw`C:\Windows\System32\ipconfig.exe /all`} classNames={{ input: "mono" }} style={{ flex: 1 }} spellCheck={false} autoComplete="off" required {...form.getInputProps("argv")} />
              <NumberInput label={t("console.deadline")} w={120} min={1} max={3600} suffix={` ${ui("seconds")}`} {...form.getInputProps("deadline_s")} />
              <TextInput label={ui("reason")} w={260} maxLength={500} {...form.getInputProps("reason")} />
              <Button type="submit" leftSection={<Terminal size={14} />} loading={send.isPending} disabled={form.values.argv.trim() === ""}>{t("console.run")}</Button>
            </Group>
            {send.error && <ProblemNote error={send.error} />}
          </Stack>
        </form>
      </Section>
      {asked.length === 0 && <EmptyState icon={Terminal} title={t("console.none")}>{t("console.noneText")}</EmptyState>}
      {asked.map((each) => <Answer key={each} id={each} />)}
    </Column>
  );
}

function Answer({ id }: { id: string }) {
  const { t } = useTranslation("workstations");
  const { data, error } = useQuery(operationQuery(id));
  if (error) return <ProblemNote error={error} />;
  if (!data) return null;
  return (
    <Section title={t("console.answer")} actions={<Link to="/operations/$operationId" params={{ operationId: id }}><code>{id}</code></Link>}>
      <Stack gap={12}>
        <OperationNow operation={data} />
        <OperationResult operation={data} />
      </Stack>
    </Section>
  );
}
