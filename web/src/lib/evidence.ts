/** What a problem's evidence says, by its shape; the words are i18n `problems`. */
export type Evidence =
  | { is: "reason"; reason: string; code: string | null; lastSeen: string | null }
  | { is: "disks"; disks: readonly { letter: string; freeGib: number }[] }
  | { is: "emulators"; count: number; named: readonly { id: string; name: string }[] }
  | { is: "nothing" };

const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : null);

/** Reads evidence; a shape it does not know says nothing. */
export function evidenceOf(told: Readonly<Record<string, unknown>>): Evidence {
  const reason = text(told.reason);
  if (reason !== null) return { is: "reason", reason, code: text(told.code), lastSeen: text(told.last_seen) };
  if (typeof told.free_gib === "object" && told.free_gib !== null) {
    const disks = Object.entries(told.free_gib).map(([letter, free]) => ({ letter, freeGib: Number(free) }));
    return { is: "disks", disks };
  }
  if (Array.isArray(told.emulators)) {
    const named = told.emulators as { id: string; name: string }[];
    return { is: "emulators", count: typeof told.count === "number" ? told.count : named.length, named };
  }
  return { is: "nothing" };
}
