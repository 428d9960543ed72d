import { useNavigate } from "@tanstack/react-router";
import { Suspense, lazy, useEffect } from "react";
import { refusals } from "@/api/client";
import { useStore } from "@/live/use-fleet";

const Overlay = lazy(() => import("@/app/login-overlay").then(({ LoginOverlay }) => ({ default: LoginOverlay })));

/** Fetches the form once the server refuses this session: most pages never need it. */
export function LoginDoor() {
  const refused = useStore(refusals);
  const navigate = useNavigate();

  useEffect(() => {
    if (refused === "password_change_needed") void navigate({ to: "/password" });
  }, [refused, navigate]);

  if (refused !== "signed_out") return null;
  return (
    <Suspense fallback={null}>
      <Overlay />
    </Suspense>
  );
}
