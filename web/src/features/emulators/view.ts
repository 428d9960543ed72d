import { type FieldOf, type Term, matcher, parseFilter } from "@/lib/filter";
import { parseSort } from "@/lib/sorting";
import { EMULATOR_LOOKS } from "@/lib/states";
import { type Field, fleet } from "@/live/fleet-store";
import type { FleetView } from "@/live/order";
import type { FleetRow } from "@/live/rows";

type Kind = "text" | "number" | "flag" | "moment" | readonly string[];

interface Known extends FieldOf<FleetRow> {
  /** A list: all values there are. */
  kind: Kind;
  depends: readonly Field[];
}

const known = (kind: Kind, depends: readonly Field[], of: FieldOf<FleetRow>["of"]): Known => ({ kind, depends, of, moment: kind === "moment" });
const place = (row: FleetRow) => fleet.workstation(row.workstationId);

const FIELDS: Readonly<Record<string, Known>> = {
  name: known("text", ["name"], (row) => row.name),
  status: known(Object.keys(EMULATOR_LOOKS), ["status"], (row) => row.status),
  power: known(["stopped", "starting", "running", "stopping", "unknown"], ["power"], (row) => row.power),
  android: known(["off", "booting", "ready", "frozen"], ["android"], (row) => row.android),
  adb: known(["none", "offline", "ready"], ["adb"], (row) => row.adb),
  workstation: known("text", ["workstationId"], (row) => place(row)?.name),
  site: known("text", ["workstationId"], (row) => place(row)?.site),
  tag: known("text", ["tags"], (row) => row.tags),
  cpu: known("number", ["cpu"], (row) => row.cpu),
  memory: known("number", ["memoryMib"], (row) => row.memoryMib),
  index: known("number", ["index"], (row) => row.index),
  install: known("text", ["install"], (row) => row.install),
  trouble: known("text", ["trouble"], (row) => row.trouble),
  protected: known("flag", ["protected"], (row) => row.protected),
  current: known("flag", ["current"], (row) => row.current),
  since: known("moment", ["since"], (row) => row.since),
  id: known("text", ["id"], (row) => row.id),
  workstation_id: known("text", ["workstationId"], (row) => row.workstationId),
};
const ALIASES: Readonly<Record<string, string>> = { ws: "workstation", tags: "tag", cores: "cpu", memory_mib: "memory", ram: "memory", ws_id: "workstation_id" };
const BY_WORD: Readonly<Record<string, Known>> = { ...FIELDS, ...Object.fromEntries(Object.entries(ALIASES).map(([alias, name]) => [alias, FIELDS[name] as Known])) };
const AGE = /^\d+(\.\d+)?[smhdw]$/;

/**
 * Whether the page itself can tell what matches: every word is about a column of the store and is
 * written as the server would take it. Else the server is asked, and says what is wrong.
 */
export function isLocal(filter: string): boolean {
  return parseFilter(filter).every(fits);
}

function fits({ field, operator, values }: Term): boolean {
  if (field === null) return true;
  const kind = BY_WORD[field]?.kind;
  if (kind === undefined) return false;
  if (kind === "moment") return operator !== ":" && AGE.test(values[0] ?? "");
  if (kind === "number") return values.every((value) => /^\d+(\.\d+)?$/.test(value));
  if (operator !== ":") return false;
  if (kind === "flag") return values.every((value) => /^(yes|no)$/i.test(value));
  return kind === "text" || values.every((value) => value.includes("*") || kind.includes(value.toLowerCase()));
}

/** What the filter box may complete, with what is known to stand there. */
export function completable(tags: readonly string[], sites: readonly string[], workstations: readonly string[]): Record<string, readonly string[]> {
  const fixed = Object.entries(FIELDS).map(([name, { kind }]) => [name, typeof kind === "object" ? kind : kind === "flag" ? ["yes", "no"] : []] as const);
  return { ...Object.fromEntries(fixed), ws: workstations, workstation: workstations, site: sites, tag: tags, seen: [], created: [], updated: [], notes: [] };
}

/** What needs a person first. */
const URGENCY = ["crashed", "frozen", "quarantined", "degraded", "unknown", "starting", "ready", "stopped"] as const;
const RANKS: Readonly<Record<string, number>> = Object.fromEntries(URGENCY.map((status, rank) => [status, rank]));

const SORTS: Readonly<Record<string, { depends: readonly Field[]; key: (row: FleetRow) => string | number | null | undefined }>> = {
  name: { depends: ["name"], key: (row) => row.name },
  status: { depends: ["status"], key: (row) => RANKS[row.status] },
  workstation: { depends: ["workstationId"], key: (row) => place(row)?.name },
  site: { depends: ["workstationId"], key: (row) => place(row)?.site },
  cpu: { depends: ["cpu"], key: (row) => row.cpu },
  memory: { depends: ["memoryMib"], key: (row) => row.memoryMib },
  index: { depends: ["index"], key: (row) => row.index },
  android: { depends: ["android"], key: (row) => row.android },
  adb: { depends: ["adb"], key: (row) => row.adb },
  since: { depends: ["since"], key: (row) => row.since },
};

/** The order that the server's list has: by workstation, folder, index. */
function byPlace(one: FleetRow, other: FleetRow): number {
  if (one.workstationId !== other.workstationId) return compare(place(one)?.name, place(other)?.name, 1) || compare(one.workstationId, other.workstationId, 1);
  return compare(one.install, other.install, 1) || one.index - other.index || compare(one.id, other.id, 1);
}

/** What is not known comes last, whichever way round. */
function compare(one: string | number | null | undefined, other: string | number | null | undefined, turn: 1 | -1): number {
  if (one === other) return 0;
  if (one === null || one === undefined) return 1;
  if (other === null || other === undefined) return -1;
  return one < other ? -turn : turn;
}

/** A filter and a sort over the store. `ids` are the server's where the page can't tell itself. */
export function viewOf(filter: string, sort: string | undefined, ids: ReadonlySet<string> | null): FleetView {
  const local = isLocal(filter);
  const own = matcher(filter, BY_WORD, (row: FleetRow) => row.name, () => Date.now() / 1000);
  const depends = new Set<Field>();
  if (local) for (const { field } of parseFilter(filter)) for (const each of BY_WORD[field ?? "name"]?.depends ?? []) depends.add(each);
  const sorted = parseSort(sort);
  const by = sorted && SORTS[sorted.field];
  for (const each of by?.depends ?? ["workstationId", "install", "index"] as const) depends.add(each);
  return {
    matches: local ? own : (row) => ids?.has(row.id) ?? false,
    compare: by ? (one, other) => compare(by.key(one), by.key(other), sorted.descending ? -1 : 1) || byPlace(one, other) : byPlace,
    depends,
  };
}
