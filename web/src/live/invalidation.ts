import type { QueryClient } from "@tanstack/react-query";
import type { Change } from "@/api/types";
import { type Noun, keys } from "@/api/queries";

const AT_MOST_MS = 1000;

const NOUNS: Record<string, readonly Noun[]> = {
  emulator: ["emulators"],
  workstation: ["workstations", "status"],
  operation: ["operations", "status"],
  batch: ["batches", "operations"],
  problem: ["problems"],
};

/** Makes old in the query cache what the change feed tells of; at most once a second, and only what is on the screen is asked anew. */
export class Invalidation {
  readonly #queries: QueryClient;
  #nouns = new Set<Noun>();
  #subjects = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(queries: QueryClient) {
    this.#queries = queries;
  }

  push(changes: readonly Change[]): void {
    for (const change of changes) {
      const noun = change.type.slice(0, change.type.indexOf("."));
      for (const each of NOUNS[noun] ?? []) this.#nouns.add(each);
      this.#subjects.add(change.subject);
      for (const about of [change.data.emulator_id, change.data.workstation_id]) if (typeof about === "string") this.#subjects.add(about);
    }
    this.#timer ??= setTimeout(() => this.#flush(), AT_MOST_MS);
  }

  everything(): void {
    void this.#queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== "me" });
  }

  /** The session may have ended, or its rights be others. */
  whoWeAre(): void {
    void this.#queries.invalidateQueries({ queryKey: keys.all("me") });
  }

  #flush(): void {
    this.#timer = null;
    const nouns = this.#nouns;
    const subjects = this.#subjects;
    this.#nouns = new Set();
    this.#subjects = new Set();
    void this.#queries.invalidateQueries({
      predicate: ({ queryKey: [noun, kind, id] }) => {
        if (kind === "one") return subjects.has(String(id));
        return nouns.has(noun as Noun);
      },
    });
  }
}

