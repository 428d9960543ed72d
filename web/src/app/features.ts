import { feature as access } from "@/features/access";
import { feature as audit } from "@/features/audit";
import { feature as backups } from "@/features/backups";
import { feature as emulators } from "@/features/emulators";
import { feature as operations } from "@/features/operations";
import { feature as overview } from "@/features/overview";
import { feature as problems } from "@/features/problems";
import { feature as profiles } from "@/features/profiles";
import { feature as schedules } from "@/features/schedules";
import { feature as settings } from "@/features/settings";
import { feature as wall } from "@/features/wall";
import { feature as workstations } from "@/features/workstations";
import type { Feature } from "@/routing/feature";

/** The rail, in its order. An entry is here when its page is there; its routes are in router.tsx. */
export const FEATURES: readonly Feature[] = [overview, emulators, wall, workstations, operations, problems, schedules, profiles, backups, audit, access, settings];
