import { PasswordInput } from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import { useTranslation } from "react-i18next";

export interface NewPassword {
  password: string;
  again: string;
}

/** Two fields for a new password, which have to agree. */
export function NewPasswordFields<T extends NewPassword>({ form }: { form: UseFormReturnType<T> }) {
  const { t } = useTranslation("auth");
  const shown = { visibilityToggleButtonProps: { "aria-label": t("show") } };
  return (
    <>
      <PasswordInput label={t("newPassword")} description={t("passwordRule")} autoComplete="new-password" required withAsterisk={false} minLength={12} maxLength={256} {...shown} {...form.getInputProps("password")} />
      <PasswordInput label={t("again")} autoComplete="new-password" required withAsterisk={false} {...shown} {...form.getInputProps("again")} />
    </>
  );
}

/** The rule that only the page knows; all others are the server's. */
export function differs({ password, again }: NewPassword): boolean {
  return password !== again;
}
