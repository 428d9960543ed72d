import { Tabs } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, getRouteApi } from "@tanstack/react-router";
import { ArrowLeft } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Emulator } from "@/api/types";
import { useFleetRow } from "@/live/use-fleet";
import { Page } from "@/ui/page";
import { ProblemNote } from "@/ui/problem-note";
import { StateBadge } from "@/ui/state-badge";
import { Actions } from "./actions";
import { AppsTab } from "./apps-tab";
import { AskDialog } from "./ask-dialog";
import { emulatorQuery } from "./asking";
import { BackupsTab } from "./backups-tab";
import { HistoryTab } from "./history-tab";
import { OperationsTab } from "./operations-tab";
import { ScreenTab } from "./screen-tab";
import { SettingsTab } from "./settings-tab";
import { SummaryTab } from "./summary-tab";
import { TABS, type Tab } from "./tabs";
import { type Asked, useAsking, useShowBatch } from "./use-asking";
import styles from "./emulators.module.css";

const route = getRouteApi("/frame/emulators/$emulatorId");

/** One emulator: its permanent place. */
export function EmulatorPage() {
  const { t } = useTranslation("emulators");
  const { emulatorId } = route.useParams();
  const { tab = "summary" } = route.useSearch();
  const navigate = route.useNavigate();
  const { data: emulator, error, refetch } = useQuery(emulatorQuery(emulatorId));
  const showBatch = useShowBatch();
  const { ask, asked, close } = useAsking(showBatch);
  return (
    <Page bar={<Name emulator={emulator} />} actions={emulator && <Actions emulator={emulator} onAsk={ask} />}>
      {error && <ProblemNote error={error} onRetry={() => void refetch()} />}
      {emulator && (
        <Tabs value={tab} onChange={(next) => void navigate({ search: next === "summary" ? {} : { tab: next as Tab }, replace: true })} styles={{ root: { display: "flex", flexDirection: "column", gap: 12, minHeight: 0, flex: 1 } }}>
          <Tabs.List>
            {TABS.map((each) => (
              <Tabs.Tab key={each} value={each}>{t(`page.${each}`)}</Tabs.Tab>
            ))}
          </Tabs.List>
          <Tabs.Panel value={tab} className={styles.scroll ?? ""} tabIndex={-1}>
            <Shown tab={tab} emulator={emulator} onAsk={ask} />
          </Tabs.Panel>
        </Tabs>
      )}
      {asked && <AskDialog asked={asked} onBatch={showBatch} onClose={close} />}
    </Page>
  );
}

function Shown({ tab, emulator, onAsk }: { tab: Tab; emulator: Emulator; onAsk: (asked: Asked) => void }) {
  switch (tab) {
    case "summary":
      return <SummaryTab emulator={emulator} />;
    case "screen":
      return <ScreenTab key={emulator.id} emulator={emulator} />;
    case "settings":
      return <SettingsTab key={emulator.id} emulator={emulator} />;
    case "apps":
      return <AppsTab emulator={emulator} />;
    case "backups":
      return <BackupsTab emulator={emulator} onAsk={onAsk} />;
    case "operations":
      return <OperationsTab id={emulator.id} />;
    case "history":
      return <HistoryTab id={emulator.id} />;
  }
}

function Name({ emulator }: { emulator: Emulator | undefined }) {
  const { t } = useTranslation("emulators");
  const row = useFleetRow(emulator?.id ?? "");
  return (
    <span className={styles.line}>
      <Link to="/emulators" aria-label={t("back")} title={t("back")} style={{ display: "grid", padding: 6 }}><ArrowLeft size={16} aria-hidden /></Link>
      <h2 className="clip" style={{ margin: 0, fontSize: 17, fontWeight: 650 }}>{emulator?.name ?? "…"}</h2>
      {emulator && (emulator.removed_at ? <span className="dim">{t("gone")}</span> : <StateBadge of="emulator" state={row?.status ?? emulator.status} stale={!(row?.current ?? emulator.current)} />)}
    </span>
  );
}
