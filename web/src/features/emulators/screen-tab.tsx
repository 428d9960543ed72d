import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Download, MonitorOff } from "lucide-react";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { answer, api } from "@/api/client";
import { keys } from "@/api/queries";
import { useMay } from "@/api/session";
import type { Emulator } from "@/api/types";
import { useFleetRow } from "@/live/use-fleet";
import { EmptyState } from "@/ui/empty-state";
import { Freshness } from "@/ui/freshness";
import { ProblemNote } from "@/ui/problem-note";
import styles from "./emulators.module.css";

const LOOK_EVERY_MS = 2_000;
const WIDTH = 960;

/** What it shows, looked at again and again while the tab is open. */
export function ScreenTab({ emulator }: { emulator: Emulator }) {
  const { t } = useTranslation("emulators");
  const may = useMay("operator");
  const row = useFleetRow(emulator.id);
  const stopped = (row?.power ?? emulator.power) === "stopped";
  const { data, error, dataUpdatedAt, refetch } = useQuery({
    queryKey: keys.one("emulators", emulator.id, "screen"),
    queryFn: () => answer<Blob>(api.GET("/api/emulators/{emulator_id}/screenshot", { params: { path: { emulator_id: emulator.id }, query: { format: "webp", width: WIDTH } }, parseAs: "blob" })),
    enabled: may && !stopped,
    refetchInterval: ({ state }) => (state.error ? false : LOOK_EVERY_MS),
    staleTime: 0,
    gcTime: 0,
  });
  if (!may) return <EmptyState icon={MonitorOff} title={t("screen.denied")} />;
  if (stopped) return <EmptyState icon={MonitorOff} title={t("screen.stopped")}>{t("screen.stoppedText")}</EmptyState>;
  return (
    <section className={`card ${styles.box}`} style={{ justifyItems: "start" }}>
      {error && <ProblemNote error={error} onRetry={() => void refetch()} />}
      {data ? <Picture of={data} alt={t("screen.alt", { name: emulator.name })} /> : !error && <span className="dim">{t("loading")}</span>}
      {data && (
        <span className={styles.line}>
          <span className="dim">{t("screen.taken")} <Freshness at={dataUpdatedAt / 1000} oldAfter={30} /></span>
          <Button component="a" variant="default" leftSection={<Download size={14} aria-hidden />} href={`/api/emulators/${emulator.id}/screenshot`} download={`${emulator.name}.png`}>{t("screen.save")}</Button>
        </span>
      )}
    </section>
  );
}

function Picture({ of, alt }: { of: Blob; alt: string }) {
  const shown = useRef<HTMLImageElement>(null);
  useEffect(() => {
    const url = URL.createObjectURL(of);
    if (shown.current) shown.current.src = url;
    return () => URL.revokeObjectURL(url);
  }, [of]);
  return <img ref={shown} alt={alt} className={styles.screen} />;
}
