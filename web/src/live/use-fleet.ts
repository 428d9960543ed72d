import { useCallback, useSyncExternalStore } from "react";
import { type Counts, fleet } from "@/live/fleet-store";
import type { FleetRow, FleetWorkstation } from "@/live/rows";
import type { Store } from "@/lib/store";

/** The value of a store, followed. */
export function useStore<T>(store: Store<T>): T {
  return useSyncExternalStore(store.subscribe, store.get);
}

/** One emulator, followed: only who shows it is drawn anew. */
export function useFleetRow(id: string): FleetRow | undefined {
  const subscribe = useCallback((tell: () => void) => fleet.subscribe(id, tell), [id]);
  return useSyncExternalStore(subscribe, () => fleet.get(id));
}

export function useFleetCounts(): Counts {
  return useStore(fleet.counts);
}

/** Null until the fleet is known. */
export function useFleetSize(): number | null {
  return useStore(fleet.size);
}

/** A workstation as the fleet knows it, followed. */
export function useFleetWorkstation(id: string): FleetWorkstation | undefined {
  return useSyncExternalStore(fleet.places.subscribe, () => fleet.workstation(id));
}

/** How many emulators of a workstation are in which state, followed. */
export function useCountsOf(workstationId: string): Counts {
  return useSyncExternalStore(fleet.revision.subscribe, () => fleet.countsOf(workstationId));
}
