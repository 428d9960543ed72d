import { useNavigate } from "@tanstack/react-router";
import { Server } from "lucide-react";
import { type KeyboardEvent, type MouseEvent, memo, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { count } from "@/lib/amounts";
import { fleet } from "@/live/fleet-store";
import { useFleetSize, useStore } from "@/live/use-fleet";
import { EmptyState } from "@/ui/empty-state";
import { useNow } from "@/ui/freshness";
import { type Cell, cellOf, sitesOf } from "./heat";
import styles from "./overview.module.css";

/** One square a workstation, by site. Drawn anew once a second at most, and only the squares that changed. */
export function HeatMap() {
  const { t } = useTranslation("overview");
  const places = useStore(fleet.places);
  const size = useFleetSize();
  const now = useNow(1);
  const navigate = useNavigate();
  const sites = useMemo(() => (places >= 0 && now > 0 ? sitesOf([...fleet.workstations()].map((each) => cellOf(each, fleet.countsOf(each.id)))) : []), [places, now]);
  if (size !== null && sites.length === 0) return <EmptyState icon={Server} title={t("noWorkstations")}>{t("noWorkstationsText")}</EmptyState>;

  const idOf = (event: MouseEvent) => (event.target as HTMLElement).dataset.id;
  const opened = (event: MouseEvent) => {
    const id = idOf(event);
    if (id) void navigate({ to: "/workstations/$workstationId", params: { workstationId: id } });
  };
  return (
    <div className={styles.sites} role="toolbar" tabIndex={-1} aria-label={t("workstations")} onClick={opened} onKeyDown={moved}>
      {sites.map(({ site, cells }, row) => (
        <div key={site} className={styles.site}>
          <span className="clip" title={site}>{site}</span>
          <div className={styles.cells}>{cells.map((each, at) => <Square key={each.id} {...each} first={row === 0 && at === 0} />)}</div>
        </div>
      ))}
    </div>
  );
}

/** The arrows go from square to square: a thousand stops of the tab key would lead nowhere. */
function moved(event: KeyboardEvent<HTMLElement>) {
  const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (by === undefined) return;
  const all = [...event.currentTarget.querySelectorAll("button")];
  all[all.indexOf(event.target as HTMLButtonElement) + by]?.focus();
  event.preventDefault();
}

const Square = memo(function Square({ id, name, status, look, shade, running, total, troubled, first }: Cell & { first: boolean }) {
  const { t, i18n } = useTranslation("overview");
  const { t: states } = useTranslation("states");
  const said = (number: number) => count(number, i18n.language);
  const told = `${name} · ${states(`workstation.${status}`)} · ${t("cell", { running: said(running), total: said(total) })}${troubled > 0 ? ` · ${t("cellTroubled", { count: troubled, formatted: said(troubled) })}` : ""}`;
  return <button type="button" tabIndex={first ? 0 : -1} data-id={id} data-look={look} className={styles.cell} style={look === "shade" ? { backgroundColor: `color-mix(in oklab, var(--accent) ${shade}%, var(--track))` } : {}} aria-label={told} title={told} />;
});
