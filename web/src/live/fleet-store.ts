import { TROUBLED } from "@/lib/states";
import { Store } from "@/lib/store";
import type { Change, EmulatorStatus } from "@/api/types";
import { type FleetRow, type FleetWorkstation, rowOf } from "@/live/rows";

export type Counts = Readonly<Record<EmulatorStatus, number>>;

export interface Tally {
  /** Whose Android is up, also where something is wrong with it. */
  running: number;
  total: number;
  troubled: number;
}

/** What is said of a place's emulators in a line. */
export function tallyOf(counts: Counts): Tally {
  return {
    running: counts.ready + counts.degraded + counts.frozen,
    total: Object.values(counts).reduce((sum, each) => sum + each, 0),
    troubled: TROUBLED.reduce((sum, each) => sum + counts[each], 0),
  };
}

const NONE: Counts = { stopped: 0, starting: 0, ready: 0, degraded: 0, frozen: 0, crashed: 0, quarantined: 0, unknown: 0 };
const LOST = new Set<FleetWorkstation["status"]>(["unreachable", "auth_failed"]);
const BAD = new Set<EmulatorStatus>(TROUBLED);
const VISIBLE_MS = 100;
const HIDDEN_MS = 1000;

export type Field = keyof FleetRow;

/**
 * The fleet outside React. A component subscribes to one row, to the counts, or to `revision`,
 * so a change costs as much as the rows on the screen that it touches, however large the fleet.
 */
export class FleetStore {
  readonly counts = new Store<Counts>(NONE);
  /** Null until the first snapshot; then how many emulators there are. */
  readonly size = new Store<number | null>(null);
  /** Rises with each flush that changed a row. */
  readonly revision = new Store(0);
  /** Rises when workstations changed. */
  readonly places = new Store(0);

  #rows = new Map<string, FleetRow>();
  #workstations = new Map<string, FleetWorkstation>();
  #perWorkstation = new Map<string, Record<EmulatorStatus, number>>();
  #troubled = new Set<string>();
  #listeners = new Map<string, Set<() => void>>();
  #queue: Change[] = [];
  #timer: ReturnType<typeof setTimeout> | null = null;
  #changed = new Set<Field>();
  #told: ReadonlySet<Field> = new Set();

  get(id: string): FleetRow | undefined {
    return this.#rows.get(id);
  }

  workstation(id: string): FleetWorkstation | undefined {
    return this.#workstations.get(id);
  }

  rows(): IterableIterator<FleetRow> {
    return this.#rows.values();
  }

  workstations(): IterableIterator<FleetWorkstation> {
    return this.#workstations.values();
  }

  /** How many of a workstation's emulators are in which state. */
  countsOf(workstationId: string): Counts {
    return this.#perWorkstation.get(workstationId) ?? NONE;
  }

  /** The emulators that a person should look at: kept as they change, so that asking costs as many as there are. */
  troubled(): FleetRow[] {
    return Array.from(this.#troubled, (id) => this.#rows.get(id)).filter((row) => row !== undefined);
  }

  /** The fields that the latest revision changed; `id` where rows came or went. */
  get changed(): ReadonlySet<Field> {
    return this.#told;
  }

  subscribe(id: string, tell: () => void): () => void {
    const listeners = this.#listeners.get(id) ?? new Set();
    this.#listeners.set(id, listeners.add(tell));
    return () => {
      listeners.delete(tell);
      if (listeners.size === 0 && this.#listeners.get(id) === listeners) this.#listeners.delete(id);
    };
  }

  /** Everything anew. Rows that are the same keep their object, so that nothing is drawn twice. */
  replace(rows: Iterable<FleetRow>, workstations: Iterable<FleetWorkstation>): void {
    this.#queue = [];
    const before = this.#rows;
    this.#rows = new Map();
    this.#perWorkstation = new Map();
    this.#troubled = new Set();
    const counts: Record<EmulatorStatus, number> = { ...NONE };
    for (const row of rows) {
      const known = before.get(row.id);
      this.#rows.set(row.id, known !== undefined && same(known, row) ? known : row);
      counts[row.status] += 1;
      this.#tally(row, 1);
    }
    this.#workstations = new Map(Array.from(workstations, (each) => [each.id, each]));
    this.counts.set(counts);
    this.size.set(this.#rows.size);
    this.#changed.add("id");
    this.places.set(this.places.get() + 1);
    this.#revise();
    for (const [id, listeners] of this.#listeners) if (before.get(id) !== this.#rows.get(id)) for (const tell of listeners) tell();
  }

  /** Changes are kept for a moment, so that many of them are drawn once. */
  push(changes: readonly Change[]): void {
    this.#queue.push(...changes);
    this.#timer ??= setTimeout(this.flush, document.hidden ? HIDDEN_MS : VISIBLE_MS);
  }

  readonly flush = (): void => {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const queue = this.#queue;
    this.#queue = [];
    const counts: Record<EmulatorStatus, number> = { ...this.counts.get() };
    const touched = new Set<string>();
    for (const change of queue) this.#apply(change, counts, touched);
    if (touched.size === 0) return;
    if (!equal(counts, this.counts.get())) this.counts.set(counts);
    this.size.set(this.#rows.size);
    this.#revise();
    for (const id of touched) for (const tell of this.#listeners.get(id) ?? []) tell();
  };

  #revise(): void {
    this.#told = this.#changed;
    this.#changed = new Set();
    this.revision.set(this.revision.get() + 1);
  }

  #apply(change: Change, counts: Record<EmulatorStatus, number>, touched: Set<string>): void {
    switch (change.type) {
      case "emulator.added":
      case "emulator.changed":
        this.#put(this.#remembered(rowOf(change)), counts, touched);
        break;
      case "emulator.removed":
        this.#remove(change.subject, counts, touched);
        break;
      case "workstation.added":
      case "workstation.changed":
        this.#place(change, counts, touched);
        break;
      case "workstation.removed":
        this.#workstations.delete(change.subject);
        this.places.set(this.places.get() + 1);
        break;
      default:
    }
  }

  #put(row: FleetRow, counts: Record<EmulatorStatus, number>, touched: Set<string>): void {
    const before = this.#rows.get(row.id);
    if (before === undefined) this.#changed.add("id");
    else {
      for (const field of Object.keys(row) as Field[]) if (before[field] !== row[field]) this.#changed.add(field);
      counts[before.status] -= 1;
      this.#tally(before, -1);
    }
    this.#rows.set(row.id, row);
    counts[row.status] += 1;
    this.#tally(row, 1);
    touched.add(row.id);
  }

  /** What an event can't say: what an emulator out of sight was doing, and that its tags are the same. */
  #remembered(row: FleetRow): FleetRow {
    const before = this.#rows.get(row.id);
    if (before === undefined) return row;
    return { ...row, lastPower: row.current ? row.lastPower : before.lastPower, tags: sameTags(before, row) ? before.tags : row.tags };
  }

  #remove(id: string, counts: Record<EmulatorStatus, number>, touched: Set<string>): void {
    const before = this.#rows.get(id);
    if (before === undefined) return;
    this.#rows.delete(id);
    counts[before.status] -= 1;
    this.#tally(before, -1);
    this.#changed.add("id");
    touched.add(id);
  }

  /** A workstation out of reach leaves its emulators unknown; the feed tells that of it alone. */
  #place(change: Change, counts: Record<EmulatorStatus, number>, touched: Set<string>): void {
    const { name, status, site } = change.data as Pick<FleetWorkstation, "name" | "status" | "site">;
    const before = this.#workstations.get(change.subject);
    const at = Date.parse(change.at) / 1000;
    const seen = LOST.has(status) ? (before?.seen ?? null) : at;
    this.#workstations.set(change.subject, { id: change.subject, name, status, site, seen });
    this.places.set(this.places.get() + 1);
    if (!LOST.has(status)) return;
    for (const row of this.#rows.values()) {
      if (row.workstationId !== change.subject || !row.current) continue;
      this.#put({ ...row, current: false, status: "unknown", power: "unknown", android: null, adb: null }, counts, touched);
    }
  }

  #tally(row: FleetRow, by: 1 | -1): void {
    if (by === -1) this.#troubled.delete(row.id);
    else if (BAD.has(row.status)) this.#troubled.add(row.id);
    const counts = this.#perWorkstation.get(row.workstationId) ?? { ...NONE };
    this.#perWorkstation.set(row.workstationId, { ...counts, [row.status]: counts[row.status] + by });
  }
}

function equal(one: Counts, other: Counts): boolean {
  return (Object.keys(one) as EmulatorStatus[]).every((status) => one[status] === other[status]);
}

function same(one: FleetRow, other: FleetRow): boolean {
  return (Object.keys(other) as Field[]).every((field) =>
    field === "tags" ? sameTags(one, other) : one[field] === other[field],
  );
}

function sameTags(one: FleetRow, other: FleetRow): boolean {
  return one.tags.join("\0") === other.tags.join("\0");
}

/** The one fleet of this page. */
export const fleet = new FleetStore();
