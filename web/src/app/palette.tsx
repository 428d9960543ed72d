import "@mantine/spotlight/styles.css";
import { useMantineColorScheme } from "@mantine/core";
import { Spotlight, type SpotlightActionData, createSpotlight } from "@mantine/spotlight";
import { useNavigate } from "@tanstack/react-router";
import { CircleHelp, Languages, Monitor, Moon, Server, Smartphone, Sun } from "lucide-react";
import { useEffect, useState } from "react";
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
      overlayProps={{ blur: 0, backgroundOpacity: 0.55 }}
      attributes={{ content: { "aria-label": t("keys.palette") } }}
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

/** Workstations and emulators whose name holds the words; where there are pages for them. */
function useFound(query: string): SpotlightActionData[] {
  const navigate = useNavigate();
  const wanted = query.trim().toLowerCase();
  if (wanted.length < 2) return [];
  const go = (path: string) => () => void navigate({ to: path as "/" });
  const workstations = hasPage("/workstations") ? named(fleet.workstations(), wanted) : [];
  const emulators = hasPage("/emulators") ? named(fleet.rows(), wanted) : [];
  return [
    ...workstations.map((each) => ({ id: each.id, label: each.name, description: each.site, leftSection: <Server size={17} />, onClick: go(`/workstations/${each.id}`) })),
    ...emulators.map((each) => ({
      id: each.id,
      label: each.name,
      description: fleet.workstation(each.workstationId)?.name ?? "",
      leftSection: <Smartphone size={17} />,
      onClick: go(`/emulators/${each.id}`),
    })),
  ];
}

function hasPage(path: string): boolean {
  return FEATURES.some((each) => each.path === path);
}

function named<T extends { name: string }>(all: Iterable<T>, wanted: string): T[] {
  const found: T[] = [];
  for (const each of all) {
    if (each.name.toLowerCase().includes(wanted)) found.push(each);
    if (found.length === SHOWN) break;
  }
  return found;
}
