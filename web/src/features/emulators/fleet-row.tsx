import { Ellipsis, Play, Square } from "lucide-react";
import { memo, useCallback, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { holds, type Selection } from "@/lib/selection";
import type { Store } from "@/lib/store";
import { fleet } from "@/live/fleet-store";
import { useFleetRow } from "@/live/use-fleet";
import { useNow } from "@/ui/freshness";
import type { FleetColumn, Say } from "./columns";
import { marks } from "./use-asking";
import styles from "./emulators.module.css";

interface Props {
  id: string;
  /** Its place in the view, from 0. */
  index: number;
  top: number;
  columns: readonly FleetColumn[];
  template: string;
  say: Say;
  selection: Store<Selection>;
  /** The row that the keyboard is at. */
  at: Store<string | null>;
  open: boolean;
  /** Whether who looks may do something to it. */
  may: boolean;
}

const PLAY = <Play size={14} aria-hidden />;
const STOP = <Square size={13} aria-hidden />;
const MORE = <Ellipsis size={15} aria-hidden />;

/** One emulator. Clicks are heard by the grid, by `data-id` and `data-do`, so that no row has handlers. */
export const FleetLine = memo(function FleetLine({ id, index, top, columns, template, say, selection, at, open, may }: Props) {
  const { t } = useTranslation("emulators");
  const row = useFleetRow(id);
  const picked = useSyncExternalStore(selection.subscribe, useCallback(() => holds(selection.get(), id), [selection, id]));
  const here = useSyncExternalStore(at.subscribe, useCallback(() => at.get() === id, [at, id]));
  const asked = useSyncExternalStore(marks.subscribe, useCallback(() => marks.of(id), [id]));
  const now = useNow(10);
  if (row === undefined) return null;
  const place = fleet.workstation(row.workstationId);
  const off = row.status === "stopped";
  return (
    <div id={`row-${id}`} data-id={id} role="row" aria-rowindex={index + 2} aria-selected={picked} className={`${styles.row} ${open ? styles.open : ""} ${here ? styles.at : ""} ${row.current ? "" : styles.old}`} style={{ top, gridTemplateColumns: template }}>
      <div role="gridcell" className={styles.check}>
        <input type="checkbox" className="native" tabIndex={-1} data-do="pick" aria-label={t("select", { name: row.name })} checked={picked} readOnly />
      </div>
      {columns.map((column) => (
        <div key={column.id} role="gridcell" className={`${styles.cell} ${column.align === "right" ? styles.right : ""}`}>
          {column.cell({ row, place, now, say, asked })}
        </div>
      ))}
      <div role="gridcell" className={styles.acts}>
        {may && row.current && (
          <button type="button" tabIndex={-1} data-do={off ? "launch" : "quit"} aria-label={t(off ? "launchOne" : "quitOne", { name: row.name })} title={t(off ? "launch" : "quit")}>
            {off ? PLAY : STOP}
          </button>
        )}
        <button type="button" tabIndex={-1} data-do="open" aria-label={t("openOne", { name: row.name })} title={t("details")}>
          {MORE}
        </button>
      </div>
    </div>
  );
});
