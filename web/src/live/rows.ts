import type { Change, EmulatorStatus, Schema } from "@/api/types";

/** One emulator as the fleet grid shows it. Replaced whole, never changed. */
export interface FleetRow {
  readonly id: string;
  readonly name: string;
  readonly status: EmulatorStatus;
  readonly power: Schema<"Power">;
  /** As it was seen last; the same as `power` while that is current. */
  readonly lastPower: Schema<"Power">;
  readonly android: Schema<"Android"> | null;
  readonly adb: Schema<"Adb"> | null;
  readonly workstationId: string;
  readonly install: string;
  readonly index: number;
  readonly tags: readonly string[];
  readonly cpu: number | null;
  readonly memoryMib: number | null;
  readonly protected: boolean;
  readonly current: boolean;
  /** Seconds since 1970: when it became what it is. */
  readonly since: number;
  /** Seconds since 1970: when it was last seen otherwise than its workstation was. */
  readonly observed: number;
  readonly trouble: string | null;
  readonly version: number;
}

/** What the fleet grid needs of a workstation. */
export interface FleetWorkstation {
  readonly id: string;
  readonly name: string;
  readonly status: Schema<"WorkstationStatus">;
  readonly site: string;
  /** Seconds since 1970, null: never seen. */
  readonly seen: number | null;
}

type Snapshot = Schema<"SnapshotOut">;

/** The rows of a columnar snapshot. */
export function rowsOf({ emulators: of, count }: Snapshot): FleetRow[] {
  const coded = <T>(column: { values: T[]; codes: number[] }, at: number) => column.values[column.codes[at] as number] as T;
  return Array.from({ length: count }, (_, at) => ({
    id: of.id[at] as string,
    name: of.name[at] as string,
    status: coded(of.status, at),
    power: coded(of.power, at),
    lastPower: coded(of.last_power, at),
    android: coded(of.android, at),
    adb: coded(of.adb, at),
    workstationId: coded(of.workstation_id, at) ?? "",
    install: coded(of.install, at) ?? "",
    index: of.index[at] as number,
    tags: coded(of.tags, at),
    cpu: of.cpu[at] as number | null,
    memoryMib: of.memory_mib[at] as number | null,
    protected: of.protected[at] as boolean,
    current: of.current[at] as boolean,
    since: of.since[at] as number,
    observed: of.observed[at] as number,
    trouble: coded(of.trouble, at),
    version: of.version[at] as number,
  }));
}

export function workstationsOf({ workstations: of }: Snapshot): FleetWorkstation[] {
  return of.id.map((id, at) => ({
    id,
    name: of.name[at] as string,
    status: of.status[at] as FleetWorkstation["status"],
    site: of.site[at] as string,
    seen: of.seen[at] as number | null,
  }));
}

/** The row that an `emulator.*` event tells of: it carries all that the grid shows. */
export function rowOf(change: Change): FleetRow {
  const of = change.data;
  return {
    id: change.subject,
    name: of.name as string,
    status: of.status as EmulatorStatus,
    power: of.power as FleetRow["power"],
    lastPower: of.power as FleetRow["power"],
    android: of.android as FleetRow["android"],
    adb: of.adb as FleetRow["adb"],
    workstationId: of.workstation_id as string,
    install: of.install as string,
    index: of.index as number,
    tags: of.tags as string[],
    cpu: of.cpu as number | null,
    memoryMib: of.memory_mib as number | null,
    protected: of.protected as boolean,
    current: of.current as boolean,
    since: of.since as number,
    observed: of.observed as number,
    trouble: of.trouble as string | null,
    version: of.version as number,
  };
}
