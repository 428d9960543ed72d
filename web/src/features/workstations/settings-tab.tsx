import { Button, Group, Stack } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { keys } from "@/api/queries";
import { useMay } from "@/api/session";
import { ProblemError } from "@/lib/problem";
import { showRefusals } from "@/ui/forms";
import { ProblemNote } from "@/ui/problem-note";
import { Column, Columns, Section } from "@/ui/section";
import { toastStarted } from "@/ui/toasts";
import { type Description, descriptionOf, patchOf } from "./description";
import { AddressFields, LimitFields, LoginFields, PlaceFields } from "./fields";
import { change } from "./requests";
import type { TabProps } from "./workstation-page";

/** What people say of it, changed by what differs; somebody else's change meanwhile is not overwritten. */
export function SettingsTab({ workstation, etag }: TabProps) {
  const { t } = useTranslation("workstations");
  const queries = useQueryClient();
  const may = useMay("operator");
  const [base, setBase] = useState({ version: workstation.version, etag, description: descriptionOf(workstation) });
  const form = useForm<Description>({ initialValues: base.description });
  const patch = patchOf(base.description, form.getValues());
  const dirty = Object.keys(patch).length > 0;

  function start(from: TabProps) {
    const description = descriptionOf(from.workstation);
    setBase({ version: from.workstation.version, etag: from.etag, description });
    form.setInitialValues(description);
    form.setValues(description);
    form.clearErrors();
    save.reset();
  }

  const save = useMutation({
    mutationFn: () => change(workstation.id, patch, base.etag),
    onError: (error) => showRefusals(form, error),
    onSuccess: async (changed) => {
      toastStarted(t("saved"));
      await queries.invalidateQueries({ queryKey: keys.all("workstations") });
      start({ workstation: changed, etag: "*" });
    },
  });

  if (!dirty && workstation.version !== base.version) start({ workstation, etag });
  const overtaken = save.error instanceof ProblemError && save.error.status === 412;
  return (
    <form onSubmit={form.onSubmit(() => save.mutate())}>
      <Columns>
        <Column>
          <Section title={t("where")}><Stack gap={12}><AddressFields form={form} /></Stack></Section>
          <Section title={t("loginTitle")}><Stack gap={12}><LoginFields form={form} saved /></Stack></Section>
          <Section title={t("place")}><Stack gap={12}><PlaceFields form={form} /></Stack></Section>
        </Column>
        <Column>
          <Section title={t("limits.title")}>
            <Stack gap={12}>
              <p className="dim" style={{ margin: 0 }}>{t("limits.text")}</p>
              <LimitFields form={form} />
            </Stack>
          </Section>
          {may && (
            <Section title={t("changes")}>
              <Stack gap={12}>
                <p className="dim" style={{ margin: 0 }}>{dirty ? t("changed", { fields: Object.keys(patch).map((name) => t(`fields.${name}` as "name", { defaultValue: name })).join(", ") }) : t("unchanged")}</p>
                {save.error && <ProblemNote error={save.error} />}
                <Group gap={8}>
                  <Button type="submit" disabled={!dirty} loading={save.isPending}>{t("save")}</Button>
                  <Button variant="default" disabled={!dirty && !overtaken} onClick={() => start({ workstation, etag })}>{t(overtaken ? "reload" : "undo")}</Button>
                </Group>
              </Stack>
            </Section>
          )}
        </Column>
      </Columns>
    </form>
  );
}
