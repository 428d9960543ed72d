import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { fleet } from "@/live/fleet-store";
import { FleetOrder } from "@/live/order";
import { matchesQuery } from "./asking";
import { isLocal, viewOf } from "./view";

/** The fleet by a filter and a sort; what the page can't tell by itself it asks the server. */
export function useFleetView(filter: string, sort: string | undefined) {
  const local = isLocal(filter);
  const asked = useQuery({ ...matchesQuery(filter), enabled: !local, placeholderData: (before) => before });
  const ids = local ? null : (asked.data ?? null);
  const view = useMemo(() => viewOf(filter, sort, ids), [filter, sort, ids]);
  const [order] = useState(() => new FleetOrder(view));
  useEffect(() => order.start(), [order]);
  useEffect(() => order.show(view), [order, view]);
  return { order, error: local ? null : asked.error, waiting: !local && asked.isPending };
}

interface Known {
  tags: readonly string[];
  sites: readonly string[];
  workstations: readonly string[];
}

const RENEWED_MS = 30_000; // tags may be new without a new emulator
let known: Known & { stamp: string } = { stamp: "", tags: [], sites: [], workstations: [] };

function knownNow(): Known {
  const stamp = `${fleet.size.get()}.${fleet.places.get()}.${Math.floor(Date.now() / RENEWED_MS)}`;
  if (stamp === known.stamp) return known;
  const tags = new Set<string>();
  for (const row of fleet.rows()) for (const tag of row.tags) tags.add(tag);
  const there = [...fleet.workstations()];
  known = { stamp, tags: [...tags].sort(), sites: [...new Set(there.map(({ site }) => site))].sort(), workstations: there.map(({ name }) => name).sort() };
  return known;
}

function followKnown(tell: () => void): () => void {
  const stops = [fleet.size.subscribe(tell), fleet.places.subscribe(tell)];
  return () => stops.forEach((stop) => stop());
}

/** The tags, sites and workstations that there are, for filters. */
export function useKnown(): Known {
  return useSyncExternalStore(followKnown, knownNow);
}
