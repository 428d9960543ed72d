import type { Schema } from "@/api/types";

export type Verb = Schema<"Verb">;

/** All verbs; a list that is not whole does not compile. */
const VERBS: Record<Verb, "emulator" | "workstation"> = {
  launch: "emulator",
  quit: "emulator",
  reboot: "emulator",
  rename: "emulator",
  modify: "emulator",
  remove: "emulator",
  clone: "emulator",
  backup: "emulator",
  restore: "emulator",
  install: "emulator",
  uninstall: "emulator",
  run: "emulator",
  kill: "emulator",
  adb: "emulator",
  locate: "emulator",
  setprop: "emulator",
  create: "workstation",
  scan: "workstation",
  doctor: "workstation",
  global_settings: "workstation",
  sort_windows: "workstation",
  quit_all: "workstation",
  console: "workstation",
};

export const EVERY_VERB = Object.keys(VERBS) as Verb[];

/** Of what it is asked. */
export const subjectOf = (verb: Verb): "emulator" | "workstation" => VERBS[verb];
