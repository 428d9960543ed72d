import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { memo, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { answer, api } from "@/api/client";
import { keys } from "@/api/queries";
import type { Schema } from "@/api/types";
import { count } from "@/lib/amounts";
import { lookOf } from "@/lib/states";
import { lasting, since } from "@/lib/time";
import { useFleetRow } from "@/live/use-fleet";
import { useNow } from "@/ui/freshness";
import { ProblemNote } from "@/ui/problem-note";
import { StateBadge } from "@/ui/state-badge";
import { StateShape } from "@/ui/state-shape";
import type { Shown } from "./walls";
import styles from "./wall.module.css";

const LOOK_EVERY_MS = 5_000;
const SOON_MS = 700;
/** So that at every third look each screen is renewed. */
const MAX_AGE_S = 12;
const OLD_AFTER_S = 60;
const STILL_AFTER_S = 600;
const UNSEEN = new Set(["unreachable", "auth_failed"]);
const COLUMNS = 5;

/** One workstation's screens: a single picture under its emulators' links. */
export const Card = memo(function Card({ workstation: { id, name, site, status }, running, total, troubled }: Shown) {
  const { t, i18n } = useTranslation("wall");
  const [ref, inSight] = useInSight();
  const seen = inSight && !UNSEEN.has(status);
  const { data, error } = useQuery({
    queryKey: keys.list("screens", { workstation: id }), // of no noun that events make old: it has its own pace
    queryFn: () => answer(api.GET("/api/workstations/{workstation_id}/wall", { params: { path: { workstation_id: id }, query: { max_age: MAX_AGE_S } } })),
    enabled: seen,
    refetchInterval: ({ state }) => (state.data?.renewing ? SOON_MS : LOOK_EVERY_MS),
    staleTime: 0,
  });
  const said = (number: number) => count(number, i18n.language);
  const columns = data?.columns ?? Math.min(COLUMNS, total);
  const rows = Math.ceil((data?.tiles.length ?? total) / columns);
  return (
    <section ref={ref} className={`card ${styles.card}`} aria-label={name}>
      <header>
        <Link to="/workstations/$workstationId" params={{ workstationId: id }} className="clip" title={`${name} · ${site}`}>{name}</Link>
        {status !== "online" && <StateBadge of="workstation" state={status} />}
        <span className="dim number">{t("running", { running: said(running), total: said(total) })}</span>
        {troubled > 0 && <span className={styles.bad}>{t("inTrouble", { count: troubled, formatted: said(troubled) })}</span>}
      </header>
      <div className={styles.screens} style={{ "--columns": columns, "--rows": rows } as React.CSSProperties}>
        {data && <img src={`/api/workstations/${id}/wall.webp?v=${data.version}`} alt="" className={UNSEEN.has(status) ? styles.gone : ""} />}
        <div className={styles.tiles}>{inSight && data?.tiles.map((tile) => <Place key={tile.emulator_id} {...tile} />)}</div>
      </div>
      {error && !data && <ProblemNote error={error} />}
    </section>
  );
});

const Place = memo(function Place({ emulator_id: id, taken_at: taken, same_since: same, failure }: Schema<"TileOut">) {
  const { t, i18n } = useTranslation("wall");
  const { t: states } = useTranslation("states");
  const row = useFleetRow(id);
  const now = useNow(10);
  if (!row) return <span />;
  const { shape, tone } = lookOf("emulator", row.status);
  const age = taken === null ? null : since(taken, now);
  const still = taken !== null && same !== null ? since(same, Date.parse(taken)) : 0;
  const told = [
    row.name,
    states(`emulator.${row.status}`),
    age === null ? t("notSeen") : age > OLD_AFTER_S ? t("old", { age: lasting(age, i18n.language) }) : null,
    failure && t("failure", { failure }),
    still > STILL_AFTER_S ? t("still", { age: lasting(still, i18n.language) }) : null,
  ].filter(Boolean).join(" · ");
  const marked = row.status !== "ready" || taken === null;
  return (
    <Link to="/emulators/$emulatorId" params={{ emulatorId: id }} className={styles.tile ?? ""} data-old={age !== null && age > OLD_AFTER_S ? true : undefined} data-current={row.current} aria-label={told} title={told}>
      {marked && <span style={row.current && tone !== "calm" ? { color: `var(--${tone})`, background: "var(--surface)" } : {}}><StateShape shape={shape} /></span>}
    </Link>
  );
});

/** Whether a part of it can be seen, or soon will be. */
function useInSight() {
  const ref = useRef<HTMLElement>(null);
  const [inSight, setInSight] = useState(false);
  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    const observer = new IntersectionObserver(([entry]) => setInSight(entry?.isIntersecting ?? false), { rootMargin: "150px" });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [ref, inSight] as const;
}
