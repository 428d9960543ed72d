/** The state grammar: shape, colour and word together; the words are in i18n under `states`. */
export type Shape = "dot" | "ring" | "turning" | "turning-back" | "half" | "alert" | "lock" | "dashed" | "check" | "cross" | "wrench";
export type Tone = "good" | "busy" | "warn" | "bad" | "calm" | "accent";

export interface Look {
  shape: Shape;
  tone: Tone;
}

const look = (shape: Shape, tone: Tone): Look => ({ shape, tone });

export const EMULATOR_LOOKS = {
  ready: look("dot", "good"),
  starting: look("turning", "busy"),
  degraded: look("half", "warn"),
  frozen: look("alert", "bad"),
  crashed: look("alert", "bad"),
  quarantined: look("lock", "bad"),
  stopped: look("ring", "calm"),
  unknown: look("dashed", "calm"),
} as const satisfies Record<string, Look>;

export const WORKSTATION_LOOKS = {
  online: look("dot", "good"),
  degraded: look("half", "warn"),
  no_desktop: look("half", "warn"),
  unreachable: look("alert", "bad"),
  auth_failed: look("lock", "bad"),
  maintenance: look("wrench", "calm"),
  unknown: look("dashed", "calm"),
} as const satisfies Record<string, Look>;

export const OPERATION_LOOKS = {
  queued: look("dashed", "calm"),
  running: look("turning", "busy"),
  cancelling: look("turning-back", "warn"),
  succeeded: look("check", "good"),
  failed: look("alert", "bad"),
  cancelled: look("cross", "calm"),
  timed_out: look("alert", "bad"),
  lost: look("alert", "warn"),
  skipped: look("ring", "calm"),
  expired: look("cross", "warn"),
} as const satisfies Record<string, Look>;

export const BATCH_LOOKS = {
  running: look("turning", "busy"),
  paused: look("ring", "warn"),
  halted: look("alert", "bad"),
  cancelling: look("turning-back", "warn"),
  succeeded: look("check", "good"),
  partial: look("half", "warn"),
  failed: look("alert", "bad"),
  cancelled: look("cross", "calm"),
} as const satisfies Record<string, Look>;

export const LOOKS = {
  emulator: EMULATOR_LOOKS,
  workstation: WORKSTATION_LOOKS,
  operation: OPERATION_LOOKS,
  batch: BATCH_LOOKS,
};

export type StateOf = keyof typeof LOOKS;

/** Emulators a person should look at. */
export const TROUBLED = ["degraded", "frozen", "crashed", "quarantined"] as const;

export const UNFINISHED = ["queued", "running", "cancelling"] as const;

const CALM: Look = look("dashed", "calm");

/** A state that this page does not know (an older page, a newer server) is drawn as unknown. */
export function lookOf(of: StateOf, state: string): Look {
  return (LOOKS[of] as Record<string, Look>)[state] ?? CALM;
}
