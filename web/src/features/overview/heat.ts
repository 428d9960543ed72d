import { type Counts, tallyOf } from "@/live/fleet-store";
import type { FleetWorkstation } from "@/live/rows";

const MANY = 3;
const STEP = 10; // so that a square is drawn anew by tenths, not by every emulator

export interface Cell {
  id: string;
  name: string;
  site: string;
  status: FleetWorkstation["status"];
  look: "shade" | "bad" | "hatched" | "held";
  /** How much of it runs, 0 to 90 by tens. */
  shade: number;
  running: number;
  total: number;
  troubled: number;
}

const LOOKS: Partial<Record<FleetWorkstation["status"], Cell["look"]>> = { unreachable: "hatched", auth_failed: "hatched", unknown: "hatched", maintenance: "held" };

/** A workstation as a square: hatched where nothing is known of it, red with three emulators in trouble or more. */
export function cellOf({ id, name, site, status }: FleetWorkstation, counts: Counts): Cell {
  const { total, troubled } = tallyOf(counts);
  const running = counts.ready + counts.degraded;
  const look = LOOKS[status] ?? (troubled >= MANY ? "bad" : "shade");
  const shade = total === 0 ? 0 : Math.ceil((running / total) * (90 / STEP)) * STEP;
  return { id, name, site, status, look, shade, running, total, troubled };
}

/** Squares by site, both by name. */
export function sitesOf(cells: readonly Cell[]): { site: string; cells: Cell[] }[] {
  const sites = new Map<string, Cell[]>();
  for (const cell of cells) sites.set(cell.site, [...(sites.get(cell.site) ?? []), cell]);
  return [...sites].map(([site, cells]) => ({ site, cells: cells.toSorted(byName) })).toSorted((one, other) => one.site.localeCompare(other.site));
}

function byName(one: Cell, other: Cell): number {
  return one.name.localeCompare(other.name, undefined, { numeric: true });
}
