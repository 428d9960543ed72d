import "@mantine/spotlight/styles.css";
import { useMantineColorScheme } from "@mantine/core";
import { Spotlight, type SpotlightActionData, createSpotlight } from "@mantine/spotlight";
import { useNavigate } from "@tanstack/react-router";
import { CircleHelp, Languages, Monitor, Moon, Smartphone, Sun } from "lucide-react";
import { useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/api/session";
import { FEATURES } from "@/app/features";
import { LANGUAGES, type Language, chooseLanguage } from "@/i18n";
import { covers } from "@/lib/roles";
import { fleet } from "@/live/fleet-store";

const [store, spotlight] = createSpotlight();
const SHOWN = 8;

interface Props {
  onClose: () => void;
  onHelp: () => void;
}

/** Jumps to pages, workstations and emulators, and runs commands. */
export function Palette({ onClose, onHelp }: Props) {
  const { t } = useTranslation();
  const [query, setQuery] = useState("");
  const commands = useCommands(onHelp);
  const found = useFound(query);
  const wanted = query.trim().toLowerCase();
  const matching = commands.filter((each) => !wanted || `${each.label} ${each.keywords ?? ""}`.toLowerCase().includes(wanted));

  useEffect(() => spotlight.open(), []);
  return (
    <Spotlight
      store={store}
      query={query}
      onQueryChange={setQuery}
      actions={[...found, ...matching]}
      filter={(_, actions) => actions}
      limit={24}
      scrollable
      maxHeight={420}
      onSpotlightClose={onClose}
      nothingFound={t("palette.nothing")}
      searchProps={{ placeholder: t("jump"), "aria-label": t("jump") }}
      shortcut={null}
      transitionProps={{ duration: 0 }}
    />
  );
}

function useCommands(onHelp: () => void): SpotlightActionData[] {
  const { t } = useTranslation();
  const { t: page } = useTranslation("pages");
  const navigate = useNavigate();
  const me = useMe();
  const { setColorScheme } = useMantineColorScheme();
  const pages = FEATURES.filter((each) => me !== null && covers(me.role, each.needs)).map(({ name, path, icon: Icon }) => ({
    id: path,
    label: page(name),
    description: t("palette.page"),
    leftSection: <Icon size={17} />,
    onClick: () => void navigate({ to: path }),
  }));
  const icons = { dark: Moon, light: Sun, auto: Monitor };
  const themes = (["dark", "light", "auto"] as const).map((each) => {
    const Icon = icons[each];
    return { id: `theme-${each}`, label: `${t("theme.title")}: ${t(`theme.${each}`)}`, leftSection: <Icon size={17} />, onClick: () => setColorScheme(each) };
  });
  const languages = (Object.keys(LANGUAGES) as Language[]).map((each) => ({
    id: `language-${each}`,
    label: `${t("language")}: ${LANGUAGES[each]}`,
    leftSection: <Languages size={17} />,
    onClick: () => void chooseLanguage(each),
  }));
  return [...pages, ...themes, ...languages, { id: "help", label: t("help"), keywords: "?", leftSection: <CircleHelp size={17} />, onClick: onHelp }];
}

/** Emulators whose name holds the words; where there is a page for them. */
function useFound(query: string): SpotlightActionData[] {
  const navigate = useNavigate();
  const there = FEATURES.some((each) => each.path === "/emulators");
  return useMemo(() => {
    const wanted = query.trim().toLowerCase();
    if (!there || wanted.length < 2) return [];
    const found: SpotlightActionData[] = [];
    for (const row of fleet.rows()) {
      if (!row.name.toLowerCase().includes(wanted)) continue;
      found.push({
        id: row.id,
        label: row.name,
        description: fleet.workstation(row.workstationId)?.name ?? "",
        leftSection: <Smartphone size={17} />,
        onClick: () => void navigate({ to: `/emulators/${row.id}` as "/" }),
      });
      if (found.length === SHOWN) break;
    }
    return found;
  }, [query, navigate, there]);
}
