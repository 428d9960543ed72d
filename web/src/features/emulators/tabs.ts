export const TABS = ["summary", "screen", "settings", "apps", "backups", "operations", "history"] as const;

/** A part of an emulator's page; it stands in the address. */
export type Tab = (typeof TABS)[number];
