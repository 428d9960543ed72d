import { Button, PasswordInput, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { signIn } from "@/api/session";
import { ProblemNote } from "@/ui/problem-note";
import styles from "./door.module.css";

/** Name and password; `onDone` is told who signed in. */
export function LoginForm({ name = "", onDone }: { name?: string; onDone: (name: string) => void }) {
  const { t } = useTranslation("auth");
  const form = useForm({ initialValues: { name, password: "" } });
  const login = useMutation({
    mutationFn: ({ name, password }: { name: string; password: string }) => signIn(name, password),
    onSuccess: (_, given) => onDone(given.name),
  });
  return (
    <form className={styles.form} onSubmit={form.onSubmit((given) => login.mutate(given))}>
      {login.error && <ProblemNote error={login.error} />}
      <TextInput label={t("name")} autoComplete="username" required withAsterisk={false} data-autofocus={name === "" || undefined} autoFocus={name === ""} {...form.getInputProps("name")} />
      <PasswordInput label={t("password")} autoComplete="current-password" required withAsterisk={false} data-autofocus={name !== "" || undefined} visibilityToggleButtonProps={{ "aria-label": t("show") }} {...form.getInputProps("password")} />
      <Button type="submit" loading={login.isPending} h={36} mt={4}>
        {t("signIn")}
      </Button>
    </form>
  );
}
