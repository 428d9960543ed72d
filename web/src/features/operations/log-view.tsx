import { memo, useLayoutEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { utc } from "@/lib/time";
import type { LogLine } from "@/nouns/operation-queries";
import { ProblemNote } from "@/ui/problem-note";
import styles from "./log-view.module.css";

const MOST = 2000; // lines drawn; all of them are in the API
const NEAR = 24; // pixels from the end that still count as there

/** A log as it grows: it stays at its end unless somebody scrolled up to read. */
export function LogView({ lines, error }: { lines: readonly LogLine[] | null; error: unknown }) {
  const { t } = useTranslation("operations");
  const box = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const length = lines?.length ?? 0;
  useLayoutEffect(() => {
    if (length > 0 && box.current && atEnd.current) box.current.scrollTop = box.current.scrollHeight;
  }, [length]);
  if (error && lines === null) return <ProblemNote error={error} />;
  const shown = lines?.slice(-MOST) ?? [];
  const left = length - shown.length;
  return (
    <div
      ref={box}
      className={styles.log}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scroller has to be reached by the keyboard
      tabIndex={0}
      role="log"
      aria-label={t("log")}
      onScroll={({ currentTarget: of }) => void (atEnd.current = of.scrollHeight - of.scrollTop - of.clientHeight < NEAR)}
    >
      {left > 0 && <p className="faint">{t("logLeft", { count: left, formatted: left })}</p>}
      {lines?.length === 0 && <p className="faint">{t("logEmpty")}</p>}
      {shown.map((line) => <Line key={line.number} line={line} />)}
    </div>
  );
}

const Line = memo(function Line({ line: { at, event, fields } }: { line: LogLine }) {
  return (
    <div className={styles.line}>
      <time className="faint" dateTime={at} title={utc(at)}>{new Date(at).toLocaleTimeString([], { hour12: false })}</time>
      <span>
        {event.replaceAll("_", " ")}
        {Object.entries(fields).map(([name, value]) => (
          <span key={name} className="dim">
            {" "}
            <span className="faint">{name}=</span>
            {typeof value === "string" ? value : JSON.stringify(value)}
          </span>
        ))}
      </span>
    </div>
  );
});
