import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { keys } from "@/api/queries";
import { showRefusals } from "@/ui/forms";
import { ProblemNote } from "@/ui/problem-note";
import { type Site, addSite, changeSite } from "./requests";

/** A new site, or the notes of one: the name stays, since workers are started with it. */
export function SiteDialog({ site, onClose }: { site: Site | null; onClose: () => void }) {
  const { t } = useTranslation("settings");
  const { t: ui } = useTranslation("ui");
  const queries = useQueryClient();
  const form = useForm({ initialValues: { name: site?.name ?? "", notes: site?.notes ?? "" } });
  const save = useMutation({
    mutationFn: ({ name, notes }: { name: string; notes: string }) => (site === null ? addSite({ name: name.trim(), notes }) : changeSite(site.id, notes)),
    onSuccess: onClose,
    onSettled: () => queries.invalidateQueries({ queryKey: keys.all("sites") }),
    onError: (error) => void showRefusals(form, error),
  });
  return (
    <Modal opened onClose={onClose} title={site === null ? t("newSite") : site.name} size={460}>
      <form onSubmit={form.onSubmit((given) => save.mutate(given))}>
        <Stack gap={12}>
          {save.error && <ProblemNote error={save.error} />}
          {site === null && <TextInput label={t("site")} description={t("siteText")} required withAsterisk={false} autoComplete="off" data-autofocus {...form.getInputProps("name")} />}
          <TextInput label={t("notes")} data-autofocus={site !== null || undefined} {...form.getInputProps("notes")} />
          <Group justify="flex-end" gap={8}>
            <Button variant="default" onClick={onClose}>{ui("keep")}</Button>
            <Button type="submit" loading={save.isPending}>{t("save")}</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
