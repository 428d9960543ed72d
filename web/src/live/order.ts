import { Store } from "@/lib/store";
import { type Field, fleet } from "@/live/fleet-store";
import type { FleetRow } from "@/live/rows";

const AT_MOST_MS = 1000;

export interface FleetView {
  matches: (row: FleetRow) => boolean;
  compare: (one: FleetRow, other: FleetRow) => number;
  /** Of which fields `matches` and `compare` speak: others change without ordering anew. */
  depends: ReadonlySet<Field>;
}

/** Ids in the order of a view; held while the pointer is on the rows, so that none jumps under a click. */
export class FleetOrder {
  readonly ids = new Store<readonly string[]>([]);
  /** True while an order that is due is held back. */
  readonly held = new Store(false);
  #view: FleetView;
  /** It was built before the fleet was known. */
  #early = false;
  #pointed = false;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #stop: (() => void) | null = null;

  constructor(view: FleetView) {
    this.#view = view;
    this.#build();
  }

  /** Follows the fleet until what is given back is called. */
  start(): () => void {
    this.#stop = fleet.revision.subscribe(this.#told);
    return () => {
      this.#stop?.();
      if (this.#timer !== null) clearTimeout(this.#timer);
      this.#timer = null;
    };
  }

  show(view: FleetView): void {
    this.#view = view;
    this.#build();
  }

  pointed(is: boolean): void {
    this.#pointed = is;
    if (!is && this.held.get()) this.#build();
  }

  readonly #told = (): void => {
    const { changed } = fleet;
    const due = changed.has("id") || [...changed].some((field) => this.#view.depends.has(field));
    if (!due) return;
    if (this.#early) this.#build();
    else if (this.#pointed && this.ids.get().length > 0) this.held.set(true);
    else this.#timer ??= setTimeout(this.#due, AT_MOST_MS);
  };

  /** The pointer may have come over the rows meanwhile. */
  readonly #due = (): void => {
    this.#timer = null;
    if (this.#pointed && this.ids.get().length > 0) this.held.set(true);
    else this.#build();
  };

  #build(): void {
    this.#early = fleet.size.get() === null;
    const rows: FleetRow[] = [];
    for (const row of fleet.rows()) if (this.#view.matches(row)) rows.push(row);
    rows.sort(this.#view.compare);
    this.held.set(false);
    this.ids.set(rows.map((row) => row.id));
  }
}
