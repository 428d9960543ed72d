import { Button, Group, NumberInput, SegmentedControl, SimpleGrid, Stack, TagsInput, TextInput, Textarea } from "@mantine/core";
import { type UseFormReturnType, useForm } from "@mantine/form";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { Download, Trash2 } from "lucide-react";
import { Fragment, useState } from "react";
import { useTranslation } from "react-i18next";
import { keys } from "@/api/queries";
import { useMay } from "@/api/session";
import { ConfirmDialog } from "@/ui/confirm-dialog";
import { Page } from "@/ui/page";
import { ProblemNote } from "@/ui/problem-note";
import { Column, Columns, Section } from "@/ui/section";
import { Trail } from "@/ui/trail";
import { add, change, exportFile, profileQuery, remove } from "./requests";
import { DEVICE_IDS, FLAGS, type Profile, type Sheet, TEXTS, profileOf, sheetOf } from "./sheet";
import styles from "./profiles.module.css";

const route = getRouteApi("/frame/profiles/$profileId");

export function NewPage() {
  const { t } = useTranslation("profiles");
  return (
    <Page bar={<Trail to="/profiles" label={t("all")}>{t("new")}</Trail>}>
      <Form known={null} />
    </Page>
  );
}

export function EditPage() {
  const { t } = useTranslation("profiles");
  const { profileId: id } = route.useParams();
  const { data, error, refetch } = useQuery({ ...profileQuery(id), staleTime: 0 });
  return (
    <Page bar={<Trail to="/profiles" label={t("all")}>{data?.profile.name}</Trail>} actions={data && <Button variant="default" leftSection={<Download size={14} />} onClick={() => void exportFile(data.profile)}>{t("exportShort")}</Button>}>
      {error && !data && <ProblemNote error={error} onRetry={() => void refetch()} />}
      {data && <Form key={data.etag} known={data} />}
    </Page>
  );
}

function Form({ known }: { known: { profile: Profile; etag: string } | null }) {
  const { t } = useTranslation("profiles");
  const { t: ui } = useTranslation("ui");
  const queries = useQueryClient();
  const navigate = useNavigate();
  const may = useMay("operator");
  const [removing, setRemoving] = useState(false);
  const form = useForm<Sheet>({ initialValues: sheetOf(known?.profile ?? null), validate: { name: (value) => (value.trim() ? null : ui("required")) } });
  const done = async () => {
    await queries.invalidateQueries({ queryKey: keys.all("profiles") });
    await navigate({ to: "/profiles" });
  };
  const save = useMutation({
    mutationFn: (sheet: Sheet) => (known ? change(known.profile.id, profileOf(sheet), known.etag) : add(profileOf(sheet))),
    onSuccess: done,
  });
  const forget = useMutation({ mutationFn: (of: { profile: Profile; etag: string }) => remove(of.profile.id, of.etag), onSuccess: done });
  return (
    <form onSubmit={form.onSubmit((sheet) => save.mutate(sheet))}>
      <Columns>
        <Column>
          <Section title={t("about")}>
            <Stack gap={12}>
              <SimpleGrid cols={2} spacing={12}>
                <TextInput label={t("name")} required maxLength={100} {...form.getInputProps("name")} />
                <TagsInput label={t("tags")} splitChars={[",", " "]} {...form.getInputProps("tags")} />
              </SimpleGrid>
              <Textarea label={t("notes")} autosize minRows={1} maxRows={6} maxLength={10_000} {...form.getInputProps("notes")} />
            </Stack>
          </Section>
          <Section title={t("hardware")}><HardwareFields form={form} /></Section>
          <Section title={t("identity")}><IdentityFields form={form} /></Section>
        </Column>
        <Column>
          <Section title={t("apps")}>
            <Textarea aria-label={t("apps")} description={t("appsText")} placeholder={"com.example.app\nD:\\apps\\game.apk"} autosize minRows={3} maxRows={12} classNames={{ input: "mono" }} spellCheck={false} {...form.getInputProps("apps")} />
          </Section>
          {may && (
            <Section title={t("save")}>
              <Stack gap={12}>
                <p className="dim" style={{ margin: 0 }}>{t("saveText")}</p>
                {save.error && <ProblemNote error={save.error} />}
                <Group gap={8}>
                  <Button type="submit" loading={save.isPending}>{t("save")}</Button>
                  <Button variant="default" onClick={() => void navigate({ to: "/profiles" })}>{ui("keep")}</Button>
                  {known && <Button variant="default" leftSection={<Trash2 size={14} />} onClick={() => setRemoving(true)}>{t("remove")}</Button>}
                </Group>
              </Stack>
            </Section>
          )}
        </Column>
      </Columns>
      <ConfirmDialog opened={removing} title={t("removeTitle", { name: known?.profile.name ?? "" })} action={t("remove")} pending={forget.isPending} error={forget.error} onClose={() => setRemoving(false)} onConfirm={() => known && forget.mutate(known)}>
        {t("removeText")}
      </ConfirmDialog>
    </form>
  );
}

type SheetForm = UseFormReturnType<Sheet>;

/** Screen, cores, memory, and the switches; blank is left as LDPlayer makes it. */
function HardwareFields({ form }: { form: SheetForm }) {
  const { t } = useTranslation("profiles");
  const leave = t("asLdplayer");
  return (
    <Stack gap={12}>
      <SimpleGrid cols={{ base: 3, lg: 5 }} spacing={12}>
        {(["width", "height", "dpi", "cpu", "memory_mib"] as const).map((name) => (
          <NumberInput key={name} label={t(`fields.${name}`)} min={1} allowDecimal={false} hideControls placeholder="–" {...form.getInputProps(name)} />
        ))}
      </SimpleGrid>
      <SimpleGrid cols={3} spacing={12}>
        {TEXTS.map((name) => <TextInput key={name} label={t(`fields.${name}`)} placeholder={leave} {...form.getInputProps(`texts.${name}`)} />)}
      </SimpleGrid>
      {FLAGS.map((name) => (
        <div key={name} className={styles.flag}>
          <span id={`profile-${name}`}>{t(`fields.${name}`)}</span>
          <SegmentedControl size="xs" aria-labelledby={`profile-${name}`} value={form.values.flags[name]} onChange={(value) => form.setFieldValue(`flags.${name}`, value)} data={(["leave", "on", "off"] as const).map((value) => ({ value, label: t(`choice.${value}`) }))} />
        </div>
      ))}
    </Stack>
  );
}

/** Device ids: a value or `auto`, and whether each emulator that is made gets its own. */
function IdentityFields({ form }: { form: SheetForm }) {
  const { t } = useTranslation("profiles");
  return (
    <Stack gap={12}>
      <p className="dim" style={{ margin: 0 }}>{t("identityText")}</p>
      <div className={styles.identity}>
        {DEVICE_IDS.map((name) => (
          <Fragment key={name}>
            <span id={`profile-${name}`}>{t(`fields.${name}`)}</span>
            <TextInput aria-labelledby={`profile-${name}`} placeholder={t("asLdplayer")} classNames={{ input: "mono" }} {...form.getInputProps(`texts.${name}`)} />
            <SegmentedControl size="xs" aria-labelledby={`profile-${name}`} value={form.values.identity[name]} onChange={(value) => form.setFieldValue(`identity.${name}`, value)} data={(["keep", "new"] as const).map((value) => ({ value, label: t(`rules.${value}`) }))} />
          </Fragment>
        ))}
      </div>
    </Stack>
  );
}
