import { Modal } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { refusals } from "@/api/client";
import { useMe } from "@/api/session";
import { LoginForm } from "@/features/signing/login-form";
import { useStore } from "@/live/use-fleet";

/** The session ended under an open page: sign in again, and the page is still there. */
export function LoginOverlay() {
  const { t } = useTranslation("auth");
  const refused = useStore(refusals);
  const queries = useQueryClient();
  const navigate = useNavigate();
  const me = useMe();

  useEffect(() => {
    if (refused === "password_change_needed") void navigate({ to: "/password" });
  }, [refused, navigate]);

  async function entered(name: string) {
    // Another person's page must not show what this one was shown.
    if (me !== null && name.toLowerCase() !== me.user.name.toLowerCase()) location.reload();
    await queries.invalidateQueries();
  }

  return (
    <Modal opened={refused === "signed_out"} onClose={() => {}} withCloseButton={false} closeOnEscape={false} closeOnClickOutside={false} title={t("ended.title")} size={380} zIndex={600}>
      <p className="dim" style={{ marginTop: 0 }}>{t("ended.text")}</p>
      <LoginForm name={me?.user.name ?? ""} onDone={(name) => void entered(name)} />
    </Modal>
  );
}
