import { Tabs } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { type ComponentType, Suspense, lazy } from "react";
import { useTranslation } from "react-i18next";
import { useMay } from "@/api/session";
import type { Workstation } from "@/api/types";
import { bytes } from "@/lib/amounts";
import { tallyOf } from "@/live/fleet-store";
import { useCountsOf } from "@/live/use-fleet";
import { Freshness } from "@/ui/freshness";
import { Page } from "@/ui/page";
import { ProblemNote } from "@/ui/problem-note";
import { StateBadge } from "@/ui/state-badge";
import { Trail } from "@/ui/trail";
import { TABS, type Tab } from "./index";
import { loadOf } from "./load";
import { workstationQuery } from "./requests";
import { WorkstationButtons } from "./workstation-buttons";
import styles from "./workstation-page.module.css";

const route = getRouteApi("/frame/workstations/$workstationId");
const OLD_AFTER_S = 120;

export interface TabProps {
  workstation: Workstation;
  etag: string;
}

const PANELS: Record<Tab, ComponentType<TabProps>> = {
  emulators: lazy(() => import("./emulators-tab").then((each) => ({ default: each.EmulatorsTab }))),
  performance: lazy(() => import("./performance-tab").then((each) => ({ default: each.PerformanceTab }))),
  operations: lazy(() => import("./operations-tab").then((each) => ({ default: each.OperationsTab }))),
  doctor: lazy(() => import("./doctor-tab").then((each) => ({ default: each.DoctorTab }))),
  settings: lazy(() => import("./settings-tab").then((each) => ({ default: each.SettingsTab }))),
  console: lazy(() => import("./console-tab").then((each) => ({ default: each.ConsoleTab }))),
};

export function WorkstationPage() {
  const { t } = useTranslation("workstations");
  const { workstationId: id } = route.useParams();
  const { tab = "emulators" } = route.useSearch();
  const navigate = route.useNavigate();
  const admin = useMay("admin");
  const { data, error, refetch } = useQuery(workstationQuery(id));
  if (error && !data) return <Page><ProblemNote error={error} onRetry={() => void refetch()} /></Page>;
  if (!data) return <Page><p className="faint">{t("loading")}</p></Page>;
  const Panel = PANELS[tab];
  const offered = TABS.filter((each) => each !== "console" || admin);
  return (
    <Page bar={<Trail to="/workstations" label={t("all")}>{data.workstation.name}</Trail>} actions={<WorkstationButtons {...data} onRemoved={() => void navigate({ to: "/workstations" })} />}>
      <Strip of={data.workstation} />
      <Tabs value={tab} onChange={(value) => void navigate({ search: value === "emulators" ? {} : { tab: value as Tab }, replace: true })} className={styles.tabs ?? ""}>
        <Tabs.List>
          {offered.map((each) => <Tabs.Tab key={each} value={each}>{t(`tabs.${each}`)}</Tabs.Tab>)}
        </Tabs.List>
        <Tabs.Panel value={tab} className={styles.panel ?? ""}>
          <Suspense fallback={<p className="faint">{t("loading")}</p>}>
            <Panel {...data} />
          </Suspense>
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}

/** How it is, in a line; and what is wrong with it, with what to do. */
function Strip({ of }: { of: Workstation }) {
  const { t, i18n } = useTranslation("workstations");
  const { running, total } = tallyOf(useCountsOf(of.id));
  const load = loadOf(of);
  const facts: [string, string | null][] = [
    [t("running"), `${running}/${total}`],
    [t("cpu"), load.cpu === null ? null : `${load.cpu}%`],
    [t("memory"), load.memory === null ? null : `${load.memory}%`],
    [t("diskFree"), load.diskFree === null ? null : bytes(load.diskFree, i18n.language)],
    [t("desktop"), of.desktop_user],
    [t("address"), of.transport === "local" ? t("here") : `${of.host}:${of.port}`],
    [t("site"), of.site],
  ];
  const wrong = of.status !== "online" && of.status_reason;
  return (
    <section className={`card ${styles.strip}`} aria-label={of.name}>
      <StateBadge of="workstation" state={of.status} />
      <dl>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className="number">{value ?? "–"}</dd>
          </div>
        ))}
        <div>
          <dt>{t("seen")}</dt>
          <dd><Freshness at={of.seen_at} oldAfter={OLD_AFTER_S} /></dd>
        </div>
      </dl>
      {wrong && (
        <p className={of.status === "maintenance" ? styles.held : styles.wrong}>
          {of.status_reason} {of.failure_hint && <span className="dim">{of.failure_hint}</span>}
        </p>
      )}
    </section>
  );
}
