import { useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { ago, moment, since, utc } from "@/lib/time";
import { Store } from "@/lib/store";

const clock = new Store(Date.now());
setInterval(() => document.hidden || clock.set(Date.now()), 1000);

/** Now, to the second; shared by all who show an age. Every 10 s is often enough for most. */
export function useNow(everySeconds = 10): number {
  return useSyncExternalStore(clock.subscribe, () => Math.floor(clock.get() / (everySeconds * 1000)) * everySeconds * 1000);
}

interface Props {
  /** ISO text, or seconds since 1970; null: never. */
  at: string | number | null;
  /** After this many seconds it is old, and drawn so. */
  oldAfter?: number;
}

/** How long ago something was seen, with local time and UTC on hover. */
export function Freshness({ at, oldAfter = Infinity }: Props) {
  const { t, i18n } = useTranslation("ui");
  const now = useNow();
  if (at === null) return <span className="faint">{t("never")}</span>;
  const seconds = Math.max(0, since(at, now));
  return (
    <time dateTime={new Date(typeof at === "number" ? at * 1000 : at).toISOString()} title={`${moment(at, i18n.language)} · ${utc(at)}`} className={`number ${seconds > oldAfter ? "faint" : ""}`}>
      {seconds < 10 ? t("now") : ago(seconds, i18n.language)}
    </time>
  );
}

/** How long it is until then, with local time and UTC on hover. */
export function Until({ at }: { at: string }) {
  const { i18n } = useTranslation();
  const now = useNow();
  return <time className="number" dateTime={at} title={`${moment(at, i18n.language)} · ${utc(at)}`}>{ago(since(at, now), i18n.language)}</time>;
}

/** A moment as people here write it, with UTC on hover. */
export function Moment({ at }: { at: string | number | null }) {
  const { i18n } = useTranslation();
  if (at === null) return <span className="faint">–</span>;
  return <time className="number" dateTime={new Date(typeof at === "number" ? at * 1000 : at).toISOString()} title={utc(at)}>{moment(at, i18n.language)}</time>;
}
