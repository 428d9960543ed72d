import { feature as emulators } from "@/features/emulators";
import { feature as overview } from "@/features/overview";
import type { Feature } from "@/routing/feature";

/** The rail, in its order. An entry is here when its page is there; its routes are in router.tsx. */
export const FEATURES: readonly Feature[] = [overview, emulators];
