import { type Counts, type Tally, tallyOf } from "@/live/fleet-store";
import type { FleetWorkstation } from "@/live/rows";
import type { WallSearch } from "./index";

export interface Shown extends Tally {
  workstation: FleetWorkstation;
}

/** The workstations whose walls are wanted, by site and name; those without emulators have none. */
export function shownOf(workstations: Iterable<FleetWorkstation>, countsOf: (id: string) => Counts, { q = "", troubled }: WallSearch): Shown[] {
  const wanted = q.toLowerCase();
  return Array.from(workstations, (workstation) => ({ workstation, ...tallyOf(countsOf(workstation.id)) }))
    .filter((each) => each.total > 0 && (!troubled || each.troubled > 0))
    .filter(({ workstation: { name, site } }) => `${name}\n${site}`.toLowerCase().includes(wanted))
    .sort((one, other) => order(one.workstation.site, other.workstation.site) || order(one.workstation.name, other.workstation.name));
}

const { compare: order } = new Intl.Collator("en", { numeric: true });
