import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { RefreshCw } from "lucide-react";
import { useTranslation } from "react-i18next";
import { answer, api } from "@/api/client";
import { keys } from "@/api/queries";
import type { Emulator } from "@/api/types";
import { useFleetRow } from "@/live/use-fleet";
import { Freshness } from "@/ui/freshness";
import { ProblemNote } from "@/ui/problem-note";
import styles from "./emulators.module.css";

interface Props {
  emulator: Emulator;
  onPick: (name: string) => void;
}

/** The apps that its Android has now; a click names one for the buttons beside. */
export function Installed({ emulator, onPick }: Props) {
  const { t } = useTranslation("emulators");
  const row = useFleetRow(emulator.id);
  const stopped = (row?.power ?? emulator.power) === "stopped";
  const { data, error, isFetching, refetch } = useQuery({
    queryKey: keys.one("emulators", emulator.id, "apps"),
    queryFn: () => answer(api.GET("/api/emulators/{emulator_id}/apps", { params: { path: { emulator_id: emulator.id } } })),
    enabled: !stopped,
  });
  return (
    <section className={`card ${styles.box}`} aria-label={t("apps.installed")}>
      <h3 className={styles.cardHead}>{t("apps.installed")}</h3>
      {stopped && <span className="dim">{t("apps.installedStopped")}</span>}
      {!stopped && error && <ProblemNote error={error} onRetry={() => void refetch()} />}
      {!stopped && !data && !error && <span className="dim">{t("loading")}</span>}
      {!stopped && data && (
        <>
          {data.items.length === 0 && <span className="dim">{t("apps.noneInstalled")}</span>}
          <ul className={styles.installed}>
            {data.items.map((app) => (
              <li key={app.package}>
                <button type="button" className="mono" onClick={() => onPick(app.package)}>{app.package}</button>
                <span className="dim number">{app.version ?? "–"}</span>
              </li>
            ))}
          </ul>
          <span className={styles.line}>
            <span className="dim"><Freshness at={data.taken_at} oldAfter={120} /></span>
            <Button variant="subtle" loading={isFetching} leftSection={<RefreshCw size={14} aria-hidden />} onClick={() => void refetch()}>{t("apps.again")}</Button>
          </span>
        </>
      )}
    </section>
  );
}
