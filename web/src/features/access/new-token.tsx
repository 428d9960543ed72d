import { Button, Checkbox, Group, Modal, Select, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { keys } from "@/api/queries";
import { useMe } from "@/api/session";
import { count } from "@/lib/amounts";
import { type Role, covers } from "@/lib/roles";
import { showRefusals } from "@/ui/forms";
import { ProblemNote } from "@/ui/problem-note";
import styles from "./access.module.css";
import { ScopeFields, scopeOf } from "./parts";
import { createToken } from "./requests";
import { Secret } from "./secret";

const ROLES = ["viewer", "operator", "admin"] as const;
const LIVES = ["7", "30", "90", "365"] as const;

/** A token whose secret is shown here and nowhere again. */
export function NewToken({ onClose }: { onClose: () => void }) {
  const { t, i18n } = useTranslation("access");
  const { t: app } = useTranslation();
  const { t: ui } = useTranslation("ui");
  const mine = useMe()?.role ?? "viewer";
  const queries = useQueryClient();
  const form = useForm({ initialValues: { name: "", role: "viewer" as Role, metrics_only: false, life: "90", scope: { sites: [] as string[], tags: [] as string[] } } });
  const create = useMutation({
    mutationFn: ({ name, role, metrics_only, life, scope }: ReturnType<typeof form.getValues>) =>
      createToken({ name: name.trim(), role: metrics_only ? "viewer" : role, metrics_only, scope: scopeOf(scope), ...(life === "never" ? { never_expires: true } : { never_expires: false, expires_in_days: Number(life) }) }),
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.all("tokens") }),
    onError: (error) => void showRefusals(form, error),
  });
  const lives = [...LIVES.map((value) => ({ value: value as string, label: t("days", { count: Number(value), formatted: count(Number(value), i18n.language) }) })), { value: "never", label: t("never") }];
  return (
    <Modal opened onClose={onClose} title={create.data ? t("tokenMade", { name: create.data.name }) : t("newToken")} size={520} closeOnClickOutside={!create.data}>
      {create.data ? (
        <Secret text={t("tokenOnce")} label={t("token")} secret={create.data.token} onDone={onClose} />
      ) : (
        <form className={styles.form} onSubmit={form.onSubmit((given) => create.mutate(given))}>
          {create.error && <ProblemNote error={create.error} />}
          <TextInput label={t("name")} description={t("tokenNameText")} required withAsterisk={false} maxLength={100} autoComplete="off" data-autofocus {...form.getInputProps("name")} />
          <Checkbox label={t("metricsOnlyText")} {...form.getInputProps("metrics_only", { type: "checkbox" })} />
          {!form.values.metrics_only && <Select label={t("role")} description={t(`roleText.${form.values.role}`)} data={ROLES.filter((each) => covers(mine, each)).map((value) => ({ value, label: app(`user.roles.${value}`) }))} allowDeselect={false} {...form.getInputProps("role")} />}
          <Select label={t("life")} data={lives} allowDeselect={false} {...form.getInputProps("life")} />
          <ScopeFields value={form.values.scope} onChange={(scope) => form.setFieldValue("scope", scope)} />
          <Group justify="flex-end" gap={8}>
            <Button variant="default" onClick={onClose}>{ui("keep")}</Button>
            <Button type="submit" loading={create.isPending}>{t("makeToken")}</Button>
          </Group>
        </form>
      )}
    </Modal>
  );
}
