import type { Change } from "@/api/types";
import type { FleetRow } from "@/live/rows";

/** An emulator that is ready, for tests. */
export function aRow(id: string, changes: Partial<FleetRow> = {}): FleetRow {
  return { id, name: id, status: "ready", power: "running", lastPower: "running", android: "ready", adb: "ready", workstationId: "ws_1", install: "C:\\LDPlayer", index: 0, tags: [], cpu: 2, memoryMib: 2048, protected: false, current: true, since: 1000, observed: 1000, trouble: null, version: 1, ...changes };
}

/** The event that tells of a row, as the server sends it. */
export function changed(row: FleetRow): Change {
  const { id, workstationId, memoryMib, lastPower: _, ...rest } = row;
  return { id: "e.1", type: "emulator.changed", subject: id, at: "2026-11-30T00:00:00Z", data: { ...rest, workstation_id: workstationId, memory_mib: memoryMib } };
}
