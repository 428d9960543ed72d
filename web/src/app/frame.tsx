import { Outlet, useRouterState } from "@tanstack/react-router";
import { useQueryClient } from "@tanstack/react-query";
import { Suspense, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { FEATURES } from "@/app/features";
import { useKeyboard } from "@/app/keyboard";
import { LiveBanner } from "@/app/live-state";
import { LoginDoor } from "@/app/login-door";
import { Rail } from "@/app/rail";
import { TopBar } from "@/app/top-bar";
import { useMe } from "@/api/session";
import { DeniedPage } from "@/app/error-pages";
import { covers } from "@/lib/roles";
import { recordActivity } from "@/live/activity";
import { Live } from "@/live/live";
import { lazily } from "@/ui/lazily";
import { panelSlot } from "@/ui/side-panel";
import styles from "@/app/frame.module.css";

const Help = lazily(() => import("@/app/help").then((there) => there.Help));
const Palette = lazily(() => import("@/app/palette").then((there) => there.Palette));
const TasksPanel = lazily(() => import("@/app/tasks-panel").then((there) => there.TasksPanel));
const holdPanel = (slot: HTMLElement | null) => panelSlot.set(slot);

/** What stands around every page: rail, top bar, one panel; and the live feed while it stands. */
export function Frame() {
  const queries = useQueryClient();
  const [panel, setPanel] = useState<"tasks" | "help" | "palette" | null>(null);
  const { t } = useTranslation();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const me = useMe();
  const here = FEATURES.findLast((each) => path === each.path || path.startsWith(`${each.path}/`));
  const { t: page } = useTranslation("pages");
  const title = here ? page(here.name) : "ldfleet";

  useEffect(() => {
    const live = new Live(queries);
    live.start();
    return () => live.stop();
  }, [queries]);
  useEffect(recordActivity, []);
  useEffect(() => {
    document.title = title === "ldfleet" ? title : `${title} · ldfleet`;
  }, [title]);
  useKeyboard({ onPalette: () => setPanel("palette"), onHelp: () => setPanel("help"), onTasks: () => setPanel((now) => (now === "tasks" ? null : "tasks")) });

  return (
    <div className={styles.frame}>
      <a className="skip-link" href="#page">{t("skip")}</a>
      <Rail />
      <TopBar title={title} tasksOpen={panel === "tasks"} onTasks={() => setPanel(panel === "tasks" ? null : "tasks")} onPalette={() => setPanel("palette")} onHelp={() => setPanel("help")} />
      <main id="page" className={styles.page} tabIndex={-1}>
        <LiveBanner />
        {me !== null && here !== undefined && !covers(me.role, here.needs) ? <DeniedPage needs={here.needs} /> : <Suspense fallback={null}><Outlet /></Suspense>}
      </main>
      <div ref={holdPanel} />
      {panel === "tasks" && <TasksPanel onClose={() => setPanel(null)} />}
      {panel === "palette" && <Palette onClose={() => setPanel(null)} onHelp={() => setPanel("help")} />}
      {panel === "help" && <Help onClose={() => setPanel(null)} />}
      <LoginDoor />
    </div>
  );
}
