import { useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";
import { refusals } from "@/api/client";
import { loadWords } from "@/i18n";
import { useStore } from "@/live/use-fleet";
import { lazily } from "@/ui/lazily";

const Overlay = lazily(async () => {
  const [{ LoginOverlay }] = await Promise.all([import("@/app/login-overlay"), loadWords(["auth"])]);
  return LoginOverlay;
});

/** Fetches the form once the server refuses this session: most pages never need it. */
export function LoginDoor() {
  const refused = useStore(refusals);
  const navigate = useNavigate();

  useEffect(() => {
    if (refused === "password_change_needed") void navigate({ to: "/password" });
  }, [refused, navigate]);

  if (refused !== "signed_out") return null;
  return <Overlay />;
}
