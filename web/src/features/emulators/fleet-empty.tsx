import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { FilterX, Smartphone } from "lucide-react";
import { useTranslation } from "react-i18next";
import { count } from "@/lib/amounts";
import { useFleetSize } from "@/live/use-fleet";
import { EmptyState } from "@/ui/empty-state";

/** Nothing matches; or there is nothing yet, and how to begin. */
export function FleetEmpty({ onClear }: { onClear: () => void }) {
  const { t, i18n } = useTranslation("emulators");
  const { t: ui } = useTranslation("ui");
  const size = useFleetSize() ?? 0;
  if (size > 0) {
    return (
      <EmptyState icon={FilterX} title={ui("nothingMatches")} actions={<Button variant="default" onClick={onClear}>{ui("clearFilter")}</Button>}>
        {t("hidden", { count: size, formatted: count(size, i18n.language) })}
      </EmptyState>
    );
  }
  return (
    <EmptyState icon={Smartphone} title={t("noneYet")} actions={<Button renderRoot={(props) => <Link to="/workstations" {...props} />}>{t("toWorkstations")}</Button>}>
      {t("noneYetText")}
    </EmptyState>
  );
}
