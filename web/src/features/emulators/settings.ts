import type { Schema } from "@/api/types";

/** The 14 parameters of `modify`; the screen is one of three numbers. A field is a text, "" leaves it as it is. */
export const FIELDS = ["width", "height", "dpi", "cpu", "memory_mib", "manufacturer", "model", "phone_number", "imei", "imsi", "sim_serial", "android_id", "mac", "auto_rotate", "lock_window", "root"] as const;
export type SettingField = (typeof FIELDS)[number];
export type Draft = Readonly<Record<SettingField, string>>;

export const NUMBERS: ReadonlySet<SettingField> = new Set(["width", "height", "dpi", "cpu", "memory_mib"]);
export const FLAGS: ReadonlySet<SettingField> = new Set(["auto_rotate", "lock_window", "root"]);
/** May be `auto`: LDPlayer makes up a new one. */
export const DEVICE_IDS: ReadonlySet<SettingField> = new Set(["imei", "imsi", "sim_serial", "android_id", "mac"]);
/** What every generation of LDPlayer takes (ldconsole.md 5.1); its workflow has the last word. */
export const CORES = ["1", "2", "3", "4"] as const;
export const MEMORIES = ["512", "1024", "2048", "4096", "8192"] as const;

export const UNTOUCHED: Draft = Object.fromEntries(FIELDS.map((field) => [field, ""])) as unknown as Draft;

/** What its configuration file told when it was read last; "" where it does not say. */
export function draftOf(config: Schema<"EmulatorConfigOut">): Draft {
  const told: Partial<Record<SettingField, string | number | null | undefined>> = {
    ...config.screen,
    cpu: config.cpu,
    memory_mib: config.memory_mib,
    imei: config.device_ids.imei,
    android_id: config.device_ids.android_id,
    mac: config.device_ids.mac,
  };
  return { ...UNTOUCHED, ...Object.fromEntries(FIELDS.filter((field) => told[field] !== null && told[field] !== undefined).map((field) => [field, String(told[field])])) };
}

export interface SettingChange {
  field: SettingField;
  /** Null: not known. */
  from: string | null;
  to: string;
}

/** What would be changed. A field that is emptied is left as it is: `modify` takes nothing back. */
export function changesOf(known: Draft, draft: Draft): SettingChange[] {
  return FIELDS.filter((field) => draft[field].trim() !== "" && draft[field].trim() !== known[field]).map((field) => ({ field, from: known[field] || null, to: draft[field].trim() }));
}

export type Settings = Schema<"SettingsIn">;

/** The changes as the API takes them: a screen goes whole. */
export function settingsOf(known: Draft, draft: Draft): Settings {
  const settings: Record<string, unknown> = {};
  const changes = changesOf(known, draft);
  for (const { field, to } of changes) {
    if (isOfScreen(field)) continue;
    settings[field] = FLAGS.has(field) ? to === "yes" : NUMBERS.has(field) ? Number(to) : to;
  }
  if (changes.some(({ field }) => isOfScreen(field))) {
    const [width, height, dpi] = (["width", "height", "dpi"] as const).map((field) => Number(draft[field] || known[field]));
    settings.screen = { width, height, dpi };
  }
  return settings as Settings;
}

/** Of a screen of which only a part is known and given, what is missing. */
export function missingOf(known: Draft, draft: Draft): SettingField[] {
  const parts = ["width", "height", "dpi"] as const;
  if (!parts.some((field) => draft[field] !== "")) return [];
  return parts.filter((field) => draft[field] === "" && known[field] === "");
}

function isOfScreen(field: SettingField): boolean {
  return field === "width" || field === "height" || field === "dpi";
}

/** The field that the server means: `settings.screen.width` is `width`. */
export function fieldOf(pointer: string): string {
  return pointer.split(".").at(-1) ?? pointer;
}
