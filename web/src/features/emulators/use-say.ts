import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Say } from "./columns";

/** The words of the rows, made once a language: rows have no hooks for them. */
export function useSay(): Say {
  const { t, i18n } = useTranslation("emulators");
  const { t: state } = useTranslation("states");
  const { t: op } = useTranslation("operations");
  const { language } = i18n;
  return useMemo(
    () => ({
      language,
      status: (status) => state(`emulator.${status}`),
      asked: (verb) => t("askedFor", { verb: op(`verbs.${verb}`) }),
      android: (android) => state(`android.${android}`),
      adb: (adb) => state(`adb.${adb}`),
      power: (power) => t(`power.${power}`),
      place: (status) => state(`workstation.${status}`),
      protected: t("protected"),
      was: (power, age) => t("was", { power, age }),
      live: t("live"),
    }),
    [t, state, op, language],
  );
}
