import { ActionIcon, Button, TextInput, Tooltip } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ArrowLeft, CircleDot, Download, MonitorOff, Square } from "lucide-react";
import { type FormEvent, type PointerEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { answer, api } from "@/api/client";
import { keys } from "@/api/queries";
import { useMay } from "@/api/session";
import type { Emulator, Schema } from "@/api/types";
import { useFleetRow } from "@/live/use-fleet";
import { EmptyState } from "@/ui/empty-state";
import { Freshness } from "@/ui/freshness";
import { ProblemNote } from "@/ui/problem-note";
import { type Point, gestureOf, pointOf } from "./touch";
import styles from "./emulators.module.css";

type Input = Partial<Schema<"InputIn">>;

const LOOK_EVERY_MS = 2_000;
/** Android draws what was touched within that time. */
const SOON_MS = 250;
const KEYS = [["back", ArrowLeft], ["home", CircleDot], ["app_switch", Square]] as const;

/** What it shows, looked at again and again while the tab is open, and a hand on it. */
export function ScreenTab({ emulator }: { emulator: Emulator }) {
  const { t } = useTranslation("emulators");
  const queries = useQueryClient();
  const may = useMay("operator");
  const row = useFleetRow(emulator.id);
  const stopped = (row?.power ?? emulator.power) === "stopped";
  const queryKey = keys.list("screens", { emulator: emulator.id });
  const one = { path: { emulator_id: emulator.id } };
  const { data, error, dataUpdatedAt, refetch } = useQuery({
    queryKey,
    queryFn: () => answer<Blob>(api.GET("/api/emulators/{emulator_id}/screenshot", { params: { path: { emulator_id: emulator.id }, query: { format: "webp" } }, parseAs: "blob" })),
    enabled: may && !stopped,
    refetchInterval: ({ state }) => (state.error ? false : LOOK_EVERY_MS),
    staleTime: 0,
    gcTime: 0,
  });
  const send = useMutation({
    mutationFn: (wanted: Input) => answer(api.POST("/api/emulators/{emulator_id}/input", { params: one, body: wanted })),
    onSuccess: () => setTimeout(() => void queries.invalidateQueries({ queryKey }), SOON_MS),
  });
  if (!may) return <EmptyState icon={MonitorOff} title={t("screen.denied")} />;
  if (stopped) return <EmptyState icon={MonitorOff} title={t("screen.stopped")}>{t("screen.stoppedText")}</EmptyState>;
  return (
    <section className={`card ${styles.box}`} style={{ justifyItems: "start" }}>
      {error && <ProblemNote error={error} onRetry={() => void refetch()} />}
      {send.error && <ProblemNote error={send.error} />}
      {data ? <Picture of={data} alt={t("screen.alt", { name: emulator.name })} onInput={send.mutate} /> : !error && <span className="dim">{t("loading")}</span>}
      {data && (
        <>
          <span className={styles.line}>
            {KEYS.map(([key, Icon]) => (
              <Tooltip key={key} label={t(`screen.keys.${key}`)}>
                <ActionIcon variant="default" size={34} aria-label={t(`screen.keys.${key}`)} onClick={() => send.mutate({ key })}><Icon size={16} aria-hidden /></ActionIcon>
              </Tooltip>
            ))}
            <Typing onInput={send.mutate} pending={send.isPending} />
            <Button component="a" variant="default" leftSection={<Download size={14} aria-hidden />} href={`/api/emulators/${emulator.id}/screenshot`} download={`${emulator.name}.png`}>{t("screen.save")}</Button>
          </span>
          <span className="dim">{t("screen.taken")} <Freshness at={dataUpdatedAt / 1000} oldAfter={30} /> · {t("screen.hand")}</span>
        </>
      )}
    </section>
  );
}

function Typing({ onInput, pending }: { onInput: (wanted: Input) => void; pending: boolean }) {
  const { t } = useTranslation("emulators");
  const [text, setText] = useState("");
  const ascii = /^[ -~]*$/.test(text);
  function typed(event: FormEvent) {
    event.preventDefault();
    if (!text || !ascii) return;
    onInput({ text });
    setText("");
  }
  return (
    <form onSubmit={typed} style={{ display: "contents" }}>
      <TextInput aria-label={t("screen.text")} placeholder={t("screen.text")} value={text} maxLength={500} error={ascii ? null : t("screen.ascii")} onChange={(event) => setText(event.currentTarget.value)} autoComplete="off" spellCheck={false} />
      <Button type="submit" variant="default" disabled={!text || !ascii || pending}>{t("screen.type")}</Button>
    </form>
  );
}

/** The screen: a click is a tap, a drag is a swipe, a hold is a long press. */
function Picture({ of, alt, onInput }: { of: Blob; alt: string; onInput: (wanted: Input) => void }) {
  const shown = useRef<HTMLImageElement>(null);
  const begun = useRef<{ at: Point; time: number } | null>(null);
  useEffect(() => {
    const url = URL.createObjectURL(of);
    if (shown.current) shown.current.src = url;
    return () => URL.revokeObjectURL(url);
  }, [of]);
  const place = (event: PointerEvent<HTMLImageElement>) => {
    const image = event.currentTarget;
    return pointOf({ x: event.clientX, y: event.clientY }, image.getBoundingClientRect(), { width: image.naturalWidth, height: image.naturalHeight });
  };
  function down(event: PointerEvent<HTMLImageElement>) {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    begun.current = { at: place(event), time: event.timeStamp };
  }
  function up(event: PointerEvent<HTMLImageElement>) {
    const from = begun.current;
    begun.current = null;
    if (from) onInput(gestureOf(from.at, place(event), event.timeStamp - from.time));
  }
  return <img ref={shown} alt={alt} className={styles.screen} draggable={false} onPointerDown={down} onPointerUp={up} onPointerCancel={() => (begun.current = null)} />;
}
