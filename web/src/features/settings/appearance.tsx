import { SegmentedControl, Select, useMantineColorScheme } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { LANGUAGES, type Language, chooseLanguage } from "@/i18n";
import { useStore } from "@/live/use-fleet";
import { Section } from "@/ui/section";
import { type Density, density } from "@/ui/table-tools";
import styles from "./settings.module.css";

/** How this browser shows the console; nobody else's is changed. */
export function Appearance() {
  const { t } = useTranslation("settings");
  const { t: app, i18n } = useTranslation();
  const { t: ui } = useTranslation("ui");
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const rows = useStore(density);
  return (
    <Section title={t("appearance")}>
      <Choice label={app("theme.title")}>
        <SegmentedControl fullWidth size="xs" aria-label={app("theme.title")} value={colorScheme} onChange={(value) => setColorScheme(value as typeof colorScheme)} data={(["dark", "light", "auto"] as const).map((value) => ({ value, label: app(`theme.${value}`) }))} />
      </Choice>
      <Choice label={ui("density")}>
        <SegmentedControl fullWidth size="xs" aria-label={ui("density")} value={rows} onChange={(value) => density.set(value as Density)} data={(["compact", "normal", "roomy"] as const).map((value) => ({ value, label: ui(value) }))} />
      </Choice>
      <Choice label={app("language")}>
        <Select aria-label={app("language")} allowDeselect={false} value={i18n.language} onChange={(value) => value && void chooseLanguage(value as Language)} data={(Object.keys(LANGUAGES) as Language[]).map((value) => ({ value, label: LANGUAGES[value] }))} />
      </Choice>
    </Section>
  );
}

function Choice({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className={styles.choice}>
      <span aria-hidden>{label}</span>
      {children}
    </div>
  );
}
