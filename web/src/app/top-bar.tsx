import { ActionIcon, Button, Menu, useMantineColorScheme } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { CircleHelp, KeyRound, Languages, ListChecks, LogOut, Monitor, Moon, Search, Sun } from "lucide-react";
import { useTranslation } from "react-i18next";
import { signOut, useMe } from "@/api/session";
import { tasksQuery } from "@/api/tasks";
import { LiveState } from "@/app/live-state";
import { LANGUAGES, type Language, chooseLanguage } from "@/i18n";
import styles from "@/app/frame.module.css";

interface Props {
  title: string;
  tasksOpen: boolean;
  onTasks: () => void;
  onPalette: () => void;
  onHelp: () => void;
}

export function TopBar({ title, tasksOpen, onTasks, onPalette, onHelp }: Props) {
  const { t } = useTranslation();
  const { data } = useQuery(tasksQuery);
  const tasks = data ? data.batches.length + data.operations.length : 0;
  return (
    <section className={styles.top} aria-label={t("topBar")}>
      <h1 className={`${styles.title} clip`}>{title}</h1>
      <button type="button" className={styles.jump} onClick={onPalette} aria-keyshortcuts="Control+K">
        <Search size={15} aria-hidden />
        <span className="clip">{t("jump")}</span>
        <kbd className={styles.kbd}>Ctrl K</kbd>
      </button>
      <div className={styles.tools}>
        <LiveState />
        <Button variant={tasksOpen ? "light" : "default"} leftSection={<ListChecks size={15} />} onClick={onTasks} aria-expanded={tasksOpen}>
          {t("tasks")}
          {tasks > 0 && <span className="number" style={{ marginLeft: 6, opacity: 0.8 }}>{data?.more ? `${tasks}+` : tasks}</span>}
        </Button>
        <LanguageMenu />
        <ThemeMenu />
        <ActionIcon onClick={onHelp} aria-label={t("help")}>
          <CircleHelp size={17} />
        </ActionIcon>
        <UserMenu />
      </div>
    </section>
  );
}

function LanguageMenu() {
  const { t, i18n } = useTranslation();
  return (
    <Menu>
      <Menu.Target>
        <ActionIcon aria-label={t("language")}>
          <Languages size={17} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {(Object.keys(LANGUAGES) as Language[]).map((each) => (
          <Menu.Item key={each} lang={each} onClick={() => void chooseLanguage(each)} {...(each === i18n.language ? { "aria-current": true, fw: 650 } : {})}>
            {LANGUAGES[each]}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

const THEMES = { dark: Moon, light: Sun, auto: Monitor } as const;

function ThemeMenu() {
  const { t } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const Now = THEMES[colorScheme];
  return (
    <Menu>
      <Menu.Target>
        <ActionIcon aria-label={t("theme.title")}>
          <Now size={17} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {(["dark", "light", "auto"] as const).map((each) => {
          const Icon = THEMES[each];
          return (
            <Menu.Item key={each} leftSection={<Icon size={15} />} onClick={() => setColorScheme(each)} {...(each === colorScheme ? { "aria-current": true, fw: 650 } : {})}>
              {t(`theme.${each}`)}
            </Menu.Item>
          );
        })}
      </Menu.Dropdown>
    </Menu>
  );
}

function UserMenu() {
  const { t } = useTranslation();
  const me = useMe();
  const queries = useQueryClient();
  const navigate = useNavigate();
  if (me === null) return null;

  async function leave() {
    await signOut();
    queries.clear();
    await navigate({ to: "/sign-in" });
  }

  return (
    <Menu>
      <Menu.Target>
        <ActionIcon aria-label={t("user.menu", { name: me.user.name })} radius="xl" variant="light" color="indigo" fz={11} fw={650} size={30}>
          <span className={styles.initials} data-initials={me.user.name.slice(0, 2).toUpperCase()} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {me.user.name} · {t(`user.roles.${me.role}`)}
        </Menu.Label>
        <Menu.Item leftSection={<KeyRound size={15} />} renderRoot={(props) => <Link to="/password" {...props} />}>
          {t("user.password")}
        </Menu.Item>
        <Menu.Item leftSection={<LogOut size={15} />} onClick={() => void leave()}>
          {t("user.signOut")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
