import type { TFunction } from "i18next";
import { count } from "@/lib/amounts";
import { evidenceOf } from "@/lib/evidence";

/** What was seen, in a sentence. */
export function evidenceWords(told: Readonly<Record<string, unknown>>, t: TFunction<"problems">, language: string): string {
  const evidence = evidenceOf(told);
  switch (evidence.is) {
    case "reason":
      return evidence.reason;
    case "disks":
      return evidence.disks.map(({ letter, freeGib }) => t("freeOn", { letter, free: count(freeGib, language) })).join(", ");
    case "emulators":
      return t("emulators", { count: evidence.count, formatted: count(evidence.count, language), names: evidence.named.slice(0, 3).map((each) => each.name).join(", ") });
    case "nothing":
      return "";
  }
}
