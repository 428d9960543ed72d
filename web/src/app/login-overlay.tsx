import { Modal } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useMe } from "@/api/session";
import { LoginForm } from "@/features/signing/login-form";

/** The session ended under an open page: sign in again, and the page is still there. */
export function LoginOverlay() {
  const { t } = useTranslation("auth");
  const queries = useQueryClient();
  const me = useMe();

  async function entered(name: string) {
    // Another person's page must not show what this one was shown.
    if (me !== null && name.toLowerCase() !== me.user.name.toLowerCase()) location.reload();
    await queries.invalidateQueries();
  }

  return (
    <Modal opened onClose={() => {}} withCloseButton={false} closeOnEscape={false} closeOnClickOutside={false} title={t("ended.title")} size={380} zIndex={600}>
      <p className="dim" style={{ marginTop: 0 }}>{t("ended.text")}</p>
      <LoginForm name={me?.user.name ?? ""} onDone={(name) => void entered(name)} />
    </Modal>
  );
}
