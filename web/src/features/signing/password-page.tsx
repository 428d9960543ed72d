import { Button, PasswordInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link, useRouter, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { answer, api, refusals } from "@/api/client";
import { useMe } from "@/api/session";
import { refusedFields } from "@/lib/problem";
import { ProblemNote } from "@/ui/problem-note";
import { Door } from "./door";
import styles from "./door.module.css";
import { NewPasswordFields, differs } from "./new-password";

/** One's own password; also where one that somebody else set has to be changed. */
export function PasswordPage() {
  const { t } = useTranslation("auth");
  const { to = "/" } = useSearch({ from: "/password" });
  const router = useRouter();
  const queries = useQueryClient();
  const forced = useMe()?.user.must_change_password ?? false;
  const form = useForm({
    initialValues: { current: "", password: "", again: "" },
    validate: { again: (_, all) => (differs(all) ? t("differ") : null) },
  });
  const change = useMutation({
    mutationFn: ({ current, password }: { current: string; password: string }) =>
      answer(api.POST("/api/auth/password", { body: { current_password: current, new_password: password } })),
    onSuccess: () => {
      refusals.set("none");
      queries.clear();
      router.history.push(to);
    },
    onError: (error) => form.setErrors(refusedFields(error)),
  });
  return (
    <Door title={t("change")} text={forced ? t("changeForced") : t("changeText")} foot={forced ? undefined : <Link to="/">{t("back")}</Link>}>
      <form className={styles.form} onSubmit={form.onSubmit((given) => change.mutate(given))}>
        {change.error && <ProblemNote error={change.error} />}
        <PasswordInput label={t("currentPassword")} autoFocus autoComplete="current-password" required withAsterisk={false} visibilityToggleButtonProps={{ "aria-label": t("show") }} {...form.getInputProps("current")} />
        <NewPasswordFields form={form} />
        <Button type="submit" loading={change.isPending} h={36} mt={4}>
          {t("change")}
        </Button>
      </form>
    </Door>
  );
}
