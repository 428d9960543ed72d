import type { words } from "@/i18n/en";

/** All words, by their English. */
export type Words = typeof words;
