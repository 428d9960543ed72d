import type { Workstation } from "@/api/types";
import type { Level } from "@/lib/amounts";

const GIB = 1024 ** 3;
const LITTLE = 20 * GIB;
const VERY_LITTLE = 10 * GIB; // from here on the server calls it a problem (domain/problem.py)

export interface LoadShown {
  /** Per cent. */
  cpu: number | null;
  memory: number | null;
  /** Bytes, of the drive with the least of it. */
  diskFree: number | null;
  tight: Level;
}

const NOTHING_KNOWN: LoadShown = { cpu: null, memory: null, diskFree: null, tight: "calm" };

/** What a list shows of a PC's load. Of one that is out of reach nothing is known now. */
export function loadOf({ load, status }: Pick<Workstation, "load" | "status">): LoadShown {
  if (load === null || status === "unreachable" || status === "auth_failed") return NOTHING_KNOWN;
  const { cpu_load: cpu, memory, memory_free: free, disk_free: diskFree } = load;
  const tight = diskFree === null || diskFree > LITTLE ? "calm" : diskFree > VERY_LITTLE ? "warn" : "bad";
  return { cpu, memory: memory > 0 ? Math.round((100 * (memory - free)) / memory) : null, diskFree, tight };
}
