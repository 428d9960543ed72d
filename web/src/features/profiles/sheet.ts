import type { Schema } from "@/api/types";

export type Profile = Schema<"ProfileOut">;
type Draft = Schema<"ProfileIn">;
type Hardware = Profile["settings"];

/** LDPlayer can make these anew (`auto`); the profile says whether each emulator gets its own. */
export const DEVICE_IDS = ["imei", "imsi", "sim_serial", "android_id", "mac"] as const;
export const TEXTS = ["manufacturer", "model", "phone_number"] as const;
export const FLAGS = ["auto_rotate", "lock_window", "root"] as const;

type DeviceId = (typeof DEVICE_IDS)[number];
/** Blank: as LDPlayer makes it. */
type Choice = "leave" | "on" | "off";

/** A profile as its form holds it. */
export interface Sheet extends Record<string, unknown> {
  name: string;
  notes: string;
  tags: string[];
  width: number | "";
  height: number | "";
  dpi: number | "";
  cpu: number | "";
  memory_mib: number | "";
  texts: Record<(typeof TEXTS)[number] | DeviceId, string>;
  flags: Record<(typeof FLAGS)[number], Choice>;
  identity: Record<DeviceId, "keep" | "new">;
  /** One a line: a package, or a file on the PC. */
  apps: string;
}

const each = <K extends string, V>(names: readonly K[], of: (name: K) => V) => Object.fromEntries(names.map((name) => [name, of(name)])) as Record<K, V>;

export function sheetOf(of: Pick<Profile, "name" | "notes" | "tags" | "settings" | "identity" | "apps"> | null): Sheet {
  const settings: Partial<Hardware> = of?.settings ?? {};
  const flag = (value: boolean | null | undefined): Choice => (value === null || value === undefined ? "leave" : value ? "on" : "off");
  return {
    name: of?.name ?? "",
    notes: of?.notes ?? "",
    tags: of?.tags ?? [],
    width: settings.screen?.width ?? "",
    height: settings.screen?.height ?? "",
    dpi: settings.screen?.dpi ?? "",
    cpu: settings.cpu ?? "",
    memory_mib: settings.memory_mib ?? "",
    texts: each([...TEXTS, ...DEVICE_IDS], (name) => settings[name] ?? ""),
    flags: each(FLAGS, (name) => flag(settings[name])),
    identity: each(DEVICE_IDS, (name) => of?.identity[name] ?? "keep"),
    apps: of?.apps.map((app) => app.package ?? app.file ?? "").join("\n") ?? "",
  };
}

/** The body of a request: blank is left as LDPlayer makes it. */
export function profileOf(sheet: Sheet): Draft {
  const { width, height, dpi, cpu, memory_mib: memory } = sheet;
  const screen = width === "" && height === "" && dpi === "" ? {} : { screen: { width: Number(width), height: Number(height), dpi: Number(dpi) } };
  const texts = Object.entries(sheet.texts).filter(([, value]) => value.trim() !== "").map(([name, value]) => [name, value.trim()]);
  const flags = Object.entries(sheet.flags).filter(([, value]) => value !== "leave").map(([name, value]) => [name, value === "on"]);
  return {
    name: sheet.name.trim(),
    notes: sheet.notes,
    tags: sheet.tags,
    settings: { ...screen, ...(cpu === "" ? {} : { cpu }), ...(memory === "" ? {} : { memory_mib: memory }), ...Object.fromEntries(texts), ...Object.fromEntries(flags) },
    identity: Object.fromEntries(Object.entries(sheet.identity).filter(([, rule]) => rule === "new")),
    apps: sheet.apps.split(/\r?\n/).map((line) => line.trim()).filter(Boolean).map(appOf),
  };
}

/** A path has a backslash or a drive; all else is a package. */
function appOf(line: string): { file: string } | { package: string } {
  return /^[a-z]:|\\|\.x?apk$/i.test(line) ? { file: line } : { package: line };
}

/** What a profile sets, in a few words for a list. */
export function hardwareOf({ screen, cpu, memory_mib: memory }: Hardware): readonly string[] {
  return [screen && `${screen.width}×${screen.height} · ${screen.dpi}`, cpu === null ? null : `${cpu} CPU`, memory === null ? null : `${memory} MiB`].filter((part): part is string => Boolean(part));
}
