import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Chips } from "@/ui/chips";

/** Between the two lists: single operations, and batches of them. */
export function Kinds({ now }: { now: "operations" | "batches" }) {
  const { t } = useTranslation("operations");
  const navigate = useNavigate();
  return (
    <Chips
      label={t("kinds")}
      chips={[
        { value: "operations", label: t("all") },
        { value: "batches", label: t("batches") },
      ]}
      value={now}
      onChange={(kind) => void navigate(kind === "batches" ? { to: "/operations/batches" } : { to: "/operations" })}
    />
  );
}
