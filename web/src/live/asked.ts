import { Store } from "@/lib/store";
import { fleet } from "@/live/fleet-store";
import type { FleetRow } from "@/live/rows";

const SILENCE_MS = 15_000;

interface Mark<V> {
  verb: V;
  /** The row as it was: whatever is seen of it later takes the mark's place. */
  row: FleetRow | undefined;
}

/**
 * What was asked of emulators and is not seen yet. A mark goes with the next change of its row, when it
 * is taken back, and after 15 s of silence: it says what was asked for, never that anything happened.
 */
export class Asked<V extends string> {
  readonly #marks = new Map<string, Mark<V>>();
  readonly #revision = new Store(0);

  readonly subscribe = this.#revision.subscribe;

  of(id: string): V | undefined {
    const mark = this.#marks.get(id);
    return mark !== undefined && mark.row === fleet.get(id) ? mark.verb : undefined;
  }

  /** Gives what takes it back. */
  mark(ids: readonly string[], verb: V): () => void {
    const marks = ids.map((id) => [id, { verb, row: fleet.get(id) }] as const);
    for (const [id, mark] of marks) this.#marks.set(id, mark);
    const takeBack = () => {
      for (const [id, mark] of marks) if (this.#marks.get(id) === mark) this.#marks.delete(id);
      this.#revision.set(this.#revision.get() + 1);
    };
    this.#revision.set(this.#revision.get() + 1);
    const silence = setTimeout(takeBack, SILENCE_MS);
    return () => {
      clearTimeout(silence);
      takeBack();
    };
  }
}
