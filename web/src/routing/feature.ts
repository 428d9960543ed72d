import type { LucideIcon } from "lucide-react";
import type { ComponentType } from "react";
import type { Role } from "@/lib/roles";
import type { Words } from "@/i18n/words";

/** A place in the product: what the rail, the palette and the keyboard know of it. */
export interface Feature {
  /** Its name in i18n `pages`. */
  name: keyof Words["pages"];
  path: string;
  icon: LucideIcon;
  group: "main" | "automation" | "bottom";
  /** `g` and then this goes there. */
  key: string;
  /** Who may see it. */
  needs: Role;
  /** A live number beside it in the rail: only what needs a person. */
  Badge?: ComponentType;
}
