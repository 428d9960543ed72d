import type { Counts } from "@/live/fleet-store";
import type { FleetWorkstation } from "@/live/rows";
import { TROUBLED } from "@/lib/states";
import type { WallSearch } from "./index";

export interface Shown {
  workstation: FleetWorkstation;
  running: number;
  total: number;
  troubled: number;
}

/** The workstations whose walls are wanted, by site and name; those without emulators have none. */
export function shownOf(workstations: Iterable<FleetWorkstation>, countsOf: (id: string) => Counts, { q = "", troubled }: WallSearch): Shown[] {
  const wanted = q.toLowerCase();
  return Array.from(workstations, (workstation) => shown(workstation, countsOf(workstation.id)))
    .filter((each) => each.total > 0 && (!troubled || each.troubled > 0))
    .filter(({ workstation: { name, site } }) => `${name}\n${site}`.toLowerCase().includes(wanted))
    .sort((one, other) => order(one.workstation.site, other.workstation.site) || order(one.workstation.name, other.workstation.name));
}

const { compare: order } = new Intl.Collator("en", { numeric: true });

function shown(workstation: FleetWorkstation, counts: Counts): Shown {
  return {
    workstation,
    running: counts.ready + counts.degraded + counts.frozen,
    total: Object.values(counts).reduce((sum, each) => sum + each, 0),
    troubled: TROUBLED.reduce((sum, each) => sum + counts[each], 0),
  };
}
