import { Button, Group, Modal, Select, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { keys } from "@/api/queries";
import { oneTimePassword } from "@/lib/password";
import type { Role } from "@/lib/roles";
import { showRefusals } from "@/ui/forms";
import { ProblemNote } from "@/ui/problem-note";
import styles from "./access.module.css";
import { ScopeFields, scopeOf } from "./parts";
import { addUser } from "./requests";
import { Secret } from "./secret";

const ROLES = ["viewer", "operator", "admin"] as const;

/** An account with a password for once, which is shown here and nowhere again. */
export function NewUser({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation("access");
  const { t: app } = useTranslation();
  const { t: ui } = useTranslation("ui");
  const queries = useQueryClient();
  const [password] = useState(() => oneTimePassword());
  const form = useForm({ initialValues: { name: "", role: "viewer" as Role, scope: { sites: [] as string[], tags: [] as string[] } } });
  const add = useMutation({
    mutationFn: ({ name, role, scope }: ReturnType<typeof form.getValues>) => addUser({ name: name.trim(), password, role, scope: role === "admin" ? null : scopeOf(scope) }),
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.all("users") }),
    onError: (error) => void showRefusals(form, error),
  });
  return (
    <Modal opened onClose={onClose} title={add.data ? t("userMade", { name: add.data.name }) : t("newUser")} size={460} closeOnClickOutside={!add.data}>
      {add.data ? (
        <Secret text={t("passwordOnce", { name: add.data.name })} label={t("oneTimePassword")} secret={password} onDone={onClose} />
      ) : (
        <form className={styles.form} onSubmit={form.onSubmit((given) => add.mutate(given))}>
          {add.error && <ProblemNote error={add.error} />}
          <TextInput label={t("name")} required withAsterisk={false} maxLength={64} autoComplete="off" data-autofocus {...form.getInputProps("name")} />
          <Select label={t("role")} description={t(`roleText.${form.values.role}`)} data={ROLES.map((value) => ({ value, label: app(`user.roles.${value}`) }))} allowDeselect={false} {...form.getInputProps("role")} />
          {form.values.role !== "admin" && <ScopeFields value={form.values.scope} onChange={(scope) => form.setFieldValue("scope", scope)} />}
          <Group justify="flex-end" gap={8}>
            <Button variant="default" onClick={onClose}>{ui("keep")}</Button>
            <Button type="submit" loading={add.isPending}>{t("makeUser")}</Button>
          </Group>
        </form>
      )}
    </Modal>
  );
}
