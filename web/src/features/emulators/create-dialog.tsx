import { Button, Checkbox, Group, Modal, Select, Stack, TagsInput, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { answer, api, pageOf } from "@/api/client";
import { keys } from "@/api/queries";
import type { Schema } from "@/api/types";
import { fleet } from "@/live/fleet-store";
import { showRefusals } from "@/ui/forms";
import { ProblemNote } from "@/ui/problem-note";
import { toastStarted } from "@/ui/toasts";

interface Props {
  tags: readonly string[];
  onClose: () => void;
}

/** A new emulator on a workstation, perhaps from a profile. */
export function CreateDialog(props: Props) {
  const { t } = useTranslation("emulators");
  return (
    <Modal opened onClose={props.onClose} title={t("create.title")} size={500} withCloseButton={false}>
      <Creating {...props} />
    </Modal>
  );
}

function Creating({ tags, onClose }: Props) {
  const { t } = useTranslation("emulators");
  const { t: ui } = useTranslation("ui");
  const form = useForm({
    initialValues: { workstation_id: null as string | null, install: null as string | null, name: "", profile: null as string | null, tags: [] as string[], stay_on: false },
    validate: { workstation_id: (id) => (id === null ? ui("required") : null) },
  });
  const { workstation_id: chosen } = form.values;
  const workstations = useQuery({ queryKey: keys.list("workstations", "to create on"), queryFn: () => pageOf<Schema<"WorkstationOut">>(api.GET("/api/workstations", { params: { query: { limit: 500, sort: "name" } } })) });
  const profiles = useQuery({ queryKey: keys.list("profiles", "to create from"), queryFn: () => pageOf<Schema<"ProfileOut">>(api.GET("/api/profiles", { params: { query: { limit: 500 } } })) });
  const place = useQuery({ queryKey: keys.one("workstations", chosen ?? ""), queryFn: () => answer(api.GET("/api/workstations/{workstation_id}", { params: { path: { workstation_id: chosen ?? "" } } })), enabled: chosen !== null });
  const installs = place.data?.installs ?? [];
  const create = useMutation({
    mutationFn: ({ workstation_id, install, name, profile, tags: chosenTags, stay_on }: typeof form.values) =>
      answer(api.POST("/api/emulators", { body: { workstation_id: workstation_id ?? "", install, name: name.trim() || null, profile, tags: chosenTags.length > 0 ? chosenTags : null, stay_on: stay_on || null } })),
    onSuccess: (operation) => {
      toastStarted(t("create.asked"), <Link to="/operations/$operationId" params={{ operationId: operation.id }}>{fleet.workstation(operation.workstation_id)?.name ?? operation.id}</Link>);
      onClose();
    },
    onError: (error) => showRefusals(form, error),
  });
  const known = (workstations.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name }));
  return (
    <form onSubmit={form.onSubmit((given) => create.mutate(given))}>
      <Stack gap={12}>
        <Select label={t("columns.workstation")} data={known} searchable nothingFoundMessage={workstations.isPending ? ui("loading") : t("none")} data-autofocus {...form.getInputProps("workstation_id")} />
        {installs.length > 1 && <Select label={t("columns.install")} description={t("create.installText")} data={installs.map(({ path, version }) => ({ value: path, label: version ? `${path} · ${version}` : path }))} clearable {...form.getInputProps("install")} />}
        <TextInput label={t("create.name")} description={t("create.nameText")} autoComplete="off" maxLength={64} {...form.getInputProps("name")} />
        <Select label={t("create.profile")} placeholder={t("create.noProfile")} data={(profiles.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name }))} clearable searchable nothingFoundMessage={profiles.isPending ? ui("loading") : t("none")} {...form.getInputProps("profile")} />
        <TagsInput label={t("columns.tags")} data={[...tags]} {...form.getInputProps("tags")} />
        <Checkbox label={t("create.stayOn")} {...form.getInputProps("stay_on", { type: "checkbox" })} />
        {create.error && <ProblemNote error={create.error} />}
        <Group justify="flex-end" gap={8}>
          <Button variant="default" onClick={onClose}>{ui("keep")}</Button>
          <Button type="submit" loading={create.isPending}>{t("create.do")}</Button>
        </Group>
      </Stack>
    </form>
  );
}
