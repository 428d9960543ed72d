import { Button, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { answer, api } from "@/api/client";
import { signIn } from "@/api/session";
import { refusedFields } from "@/lib/problem";
import { ProblemNote } from "@/ui/problem-note";
import { Door } from "./door";
import styles from "./door.module.css";
import { NewPasswordFields, differs } from "./new-password";

/** The first admin, made with the token that the server printed. */
export function SetupPage() {
  const { t } = useTranslation("auth");
  const navigate = useNavigate();
  const queries = useQueryClient();
  const form = useForm({
    initialValues: { token: "", name: "admin", password: "", again: "" },
    validate: { again: (_, all) => (differs(all) ? t("differ") : null) },
  });
  const setup = useMutation({
    mutationFn: async ({ token, name, password }: { token: string; name: string; password: string }) => {
      await answer(api.POST("/api/auth/setup", { body: { token: token.trim(), name, password } }));
      await signIn(name, password);
    },
    onSuccess: () => {
      queries.clear();
      return navigate({ to: "/" });
    },
    onError: (error) => form.setErrors(refusedFields(error)),
  });
  return (
    <Door title={t("setup")} text={t("setupText")} foot={<Link to="/sign-in">{t("haveAccount")}</Link>}>
      <form className={styles.form} onSubmit={form.onSubmit((given) => setup.mutate(given))}>
        {setup.error && <ProblemNote error={setup.error} />}
        <TextInput label={t("token")} description={t("tokenText")} autoFocus autoComplete="off" spellCheck={false} required withAsterisk={false} styles={{ input: { fontFamily: "var(--mono)" } }} {...form.getInputProps("token")} />
        <TextInput label={t("name")} autoComplete="username" required withAsterisk={false} {...form.getInputProps("name")} />
        <NewPasswordFields form={form} />
        <Button type="submit" loading={setup.isPending} h={36} mt={4}>
          {t("makeAdmin")}
        </Button>
      </form>
    </Door>
  );
}
