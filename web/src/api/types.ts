import type { components } from "@/api/schema.gen";
import type { BATCH_LOOKS, EMULATOR_LOOKS, OPERATION_LOOKS, WORKSTATION_LOOKS } from "@/lib/states";
import type { Role } from "@/lib/roles";

/** A shape of the API by its name in openapi.json. */
export type Schema<Name extends keyof components["schemas"]> = components["schemas"][Name];

export type Emulator = Schema<"EmulatorOut">;
export type Workstation = Schema<"WorkstationOut">;
export type Operation = Schema<"OperationOut">;
export type Batch = Schema<"BatchOut">;
export type Change = Schema<"EventOut">;
export type Me = Schema<"MeOut">;
export type EmulatorStatus = Schema<"EmulatorStatus">;

export interface Page<T> {
  items: T[];
  next_cursor: string | null;
  total: number | null;
}

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;
/** The page draws every state that the server knows, and no other: else this does not compile. */
export const DRAWN: [
  Same<Schema<"EmulatorStatus">, keyof typeof EMULATOR_LOOKS>,
  Same<Schema<"WorkstationStatus">, keyof typeof WORKSTATION_LOOKS>,
  Same<Schema<"OperationStatus">, keyof typeof OPERATION_LOOKS>,
  Same<Schema<"BatchStatus">, keyof typeof BATCH_LOOKS>,
  Same<Schema<"Role">, Role>,
] = [true, true, true, true, true];
