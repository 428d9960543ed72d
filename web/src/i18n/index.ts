import { createInstance } from "i18next";
import { initReactI18next } from "react-i18next";
import { words as en } from "@/i18n/en";
import { keep, kept } from "@/lib/kept";

export const LANGUAGES = { en: "English", ru: "Русский", "zh-CN": "简体中文" } as const;
export type Language = keyof typeof LANGUAGES;

const LOADERS: Record<Exclude<Language, "en">, () => Promise<{ words: object }>> = {
  ru: () => import("@/i18n/ru"),
  "zh-CN": () => import("@/i18n/zh-CN"),
};

function isLanguage(given: unknown): given is Language {
  return typeof given === "string" && given in LANGUAGES;
}

/** The kept language, else the browser's first that we speak, else English. */
export function wantedLanguage(spoken: readonly string[] = navigator.languages): Language {
  const chosen = kept<unknown>("language", null);
  if (isLanguage(chosen)) return chosen;
  for (const each of spoken) {
    const found = (Object.keys(LANGUAGES) as Language[]).find((known) => each === known || each.split("-")[0] === known.split("-")[0]);
    if (found) return found;
  }
  return "en";
}

export const i18n = createInstance();

export async function startWords(language: Language = wantedLanguage()): Promise<void> {
  await i18n.use(initReactI18next).init({
    lng: "en",
    fallbackLng: "en",
    resources: { en },
    ns: Object.keys(en),
    defaultNS: "app",
    interpolation: { escapeValue: false },
    returnNull: false,
  });
  await speak(language);
}

/** Changes the language; its words are fetched when they are needed first. */
export async function speak(language: Language): Promise<void> {
  if (language !== "en" && !i18n.hasResourceBundle(language, "app")) {
    const { words } = await LOADERS[language]();
    for (const [name, bundle] of Object.entries(words)) i18n.addResourceBundle(language, name, bundle, true, true);
  }
  await i18n.changeLanguage(language);
  document.documentElement.lang = language;
}

export async function chooseLanguage(language: Language): Promise<void> {
  keep("language", language);
  await speak(language);
}
