import { Button, Group, Stack } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { PlugZap } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { keys } from "@/api/queries";
import { useMay } from "@/api/session";
import { showRefusals } from "@/ui/forms";
import { Page } from "@/ui/page";
import { ProblemNote } from "@/ui/problem-note";
import { Column, Columns, Section } from "@/ui/section";
import { Trail } from "@/ui/trail";
import { toastStarted } from "@/ui/toasts";
import { BLANK, type Description, draftOf } from "./description";
import { AddressFields, LoginFields, PlaceFields } from "./fields";
import { Ladder } from "./ladder";
import { add, testDraft } from "./requests";

/** A PC is described, tested rung by rung, and only then kept. */
export function AddPage() {
  const { t } = useTranslation("workstations");
  const { t: ui } = useTranslation("ui");
  const navigate = useNavigate();
  const queries = useQueryClient();
  const may = useMay("operator");
  /** What the last test was of: a later change makes it old. */
  const [tested, setTested] = useState<string | null>(null);
  const form = useForm<Description>({
    initialValues: BLANK,
    validate: {
      name: (value) => (value.trim() ? null : ui("required")),
      host: (value, { transport }) => (value.trim() || transport === "local" ? null : ui("required")),
    },
  });
  const test = useMutation({ mutationFn: testDraft, onError: (error) => showRefusals(form, error) });
  const save = useMutation({
    mutationFn: add,
    onError: (error) => showRefusals(form, error),
    onSuccess: async (added) => {
      await queries.invalidateQueries({ queryKey: keys.all("workstations") });
      toastStarted(t("added", { name: added.name }), t("addedText"));
      await navigate({ to: "/workstations/$workstationId", params: { workstationId: added.id } });
    },
  });

  function run(values: Description) {
    if (form.validate().hasErrors) return;
    setTested(JSON.stringify(values));
    test.mutate(draftOf(values));
  }

  function pin(field: "certificate_sha256" | "host_key_sha256", fingerprint: string) {
    form.setFieldValue(field, fingerprint);
    run({ ...form.getValues(), [field]: fingerprint });
  }

  const current = tested === JSON.stringify(form.getValues());
  const passed = current && test.data?.connected === true;
  if (!may) return <Page bar={<Trail to="/workstations" label={t("all")}>{t("add")}</Trail>}><p className="dim">{t("mayNot")}</p></Page>;
  return (
    <Page bar={<Trail to="/workstations" label={t("all")}>{t("add")}</Trail>}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (passed) save.mutate(draftOf(form.getValues()));
          else run(form.getValues());
        }}
      >
        <Columns>
          <Column>
            <Section title={t("where")}><Stack gap={12}><AddressFields form={form} /></Stack></Section>
            {form.getValues().transport !== "local" && <Section title={t("loginTitle")}><Stack gap={12}><LoginFields form={form} /></Stack></Section>}
            <Section title={t("place")}><Stack gap={12}><PlaceFields form={form} /></Stack></Section>
          </Column>
          <Column>
            <Section title={t("test.title")}>
              <Stack gap={12}>
                {!test.data && !test.isPending && !test.error && <p className="dim" style={{ margin: 0 }}>{t("test.text")}</p>}
                {test.isPending && <p className="dim" role="status" style={{ margin: 0 }}>{t("test.running")}</p>}
                {test.error && <ProblemNote error={test.error} />}
                {test.data && !test.isPending && (
                  <div style={current ? {} : { opacity: 0.55 }}>
                    {!current && <p className="dim" style={{ margin: "0 0 10px" }}>{t("test.old")}</p>}
                    <Ladder report={test.data} onPin={pin} />
                  </div>
                )}
                {save.error && <ProblemNote error={save.error} />}
                <Group gap={8}>
                  <Button type={passed ? "button" : "submit"} variant={passed ? "default" : "filled"} leftSection={<PlugZap size={14} />} loading={test.isPending} onClick={() => passed && run(form.getValues())}>{t(test.data ? "test.again" : "test.run")}</Button>
                  {passed && <Button type="submit" loading={save.isPending}>{t("save")}</Button>}
                  {!passed && current && test.data && <Button variant="default" loading={save.isPending} onClick={() => save.mutate(draftOf(form.getValues()))}>{t("saveAnyway")}</Button>}
                </Group>
              </Stack>
            </Section>
          </Column>
        </Columns>
      </form>
    </Page>
  );
}
