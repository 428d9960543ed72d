import { AppWindow, Archive, ArchiveRestore, Copy, Package, PackageMinus, Pencil, Play, RotateCw, SlidersHorizontal, Square, SquareX, Trash2, type LucideIcon } from "lucide-react";
import type { Schema } from "@/api/types";

export type Verb = Schema<"Verb">;

/** What a verb asks for before it can be planned. */
export type Wants = "package" | "app" | "name" | "clone" | "settings" | "backup-file" | null;

export interface Ask {
  verb: Verb;
  icon: LucideIcon;
  /** Asked back: never, from eleven on, or always (ui.md 7). */
  asks: "many" | "always";
  wants: Wants;
  /** Of one emulator only. */
  single?: true;
  /** It takes something away: its button is red, its number is typed. */
  destroys?: true;
}

/** Every verb on emulators, in the order of the bulk bar; the first four stand in it, the rest in its menu. */
export const ASKS: readonly Ask[] = [
  { verb: "launch", icon: Play, asks: "many", wants: null },
  { verb: "quit", icon: Square, asks: "many", wants: null },
  { verb: "reboot", icon: RotateCw, asks: "many", wants: null },
  { verb: "install", icon: Package, asks: "always", wants: "app" },
  { verb: "run", icon: AppWindow, asks: "always", wants: "package" },
  { verb: "kill", icon: SquareX, asks: "always", wants: "package" },
  { verb: "uninstall", icon: PackageMinus, asks: "always", wants: "package" },
  { verb: "modify", icon: SlidersHorizontal, asks: "always", wants: "settings" },
  { verb: "rename", icon: Pencil, asks: "always", wants: "name", single: true },
  { verb: "clone", icon: Copy, asks: "always", wants: "clone" },
  { verb: "backup", icon: Archive, asks: "always", wants: null },
  { verb: "restore", icon: ArchiveRestore, asks: "always", wants: "backup-file", destroys: true },
  { verb: "remove", icon: Trash2, asks: "always", wants: null, destroys: true },
];

export const FEW = 10;

export function askOf(verb: Verb): Ask {
  return ASKS.find((each) => each.verb === verb) ?? { verb, icon: Play, asks: "always", wants: null };
}

/** Whether so many are asked back before they are told. */
export function asksBack({ asks }: Ask, number: number): boolean {
  return asks === "always" || number > FEW;
}

export interface Given {
  package: string;
  file: string;
  name: string;
  newIds: boolean;
  stopSource: boolean;
  settings: Schema<"SettingsIn"> | null;
}

export const GIVEN_NOTHING: Given = { package: "", file: "", name: "", newIds: true, stopSource: false, settings: null };

/** The params of a verb, or null while something is missing. */
export function paramsOf(wants: Wants, given: Given): Record<string, unknown> | null {
  const packageName = given.package.trim();
  const file = given.file.trim();
  const name = given.name.trim();
  switch (wants) {
    case null:
      return {};
    case "package":
      return packageName ? { package: packageName } : null;
    case "app":
      if (file) return { file };
      return packageName ? { package: packageName } : null;
    case "name":
      return name ? { name } : null;
    case "clone":
      return { ...(name ? { name } : {}), new_ids: given.newIds, stop_source: given.stopSource };
    case "settings":
      return given.settings && Object.keys(given.settings).length > 0 ? { settings: given.settings } : null;
    case "backup-file":
      return file ? { file } : null;
  }
}

export interface Rollout {
  /** "1, 5, 25%"; "" is one wave. */
  waves: string;
  pauseSeconds: string;
  /** "5" or "10%"; "": never. */
  stopOn: string;
}

export const ALL_AT_ONCE: Rollout = { waves: "", pauseSeconds: "", stopOn: "" };

export function policyOf({ waves, pauseSeconds, stopOn }: Rollout): Schema<"PolicyIn"> {
  const sizes = waves.split(/[,\s]+/).filter(Boolean);
  return { waves: sizes, pause_s: Number(pauseSeconds) || 0, stop_on_failures: stopOn.trim() || null };
}
