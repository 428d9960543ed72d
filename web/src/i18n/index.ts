import { type BackendModule, type ReadCallback, createInstance } from "i18next";
import { initReactI18next } from "react-i18next";
import type { Words } from "@/i18n/words";
import { keep, kept } from "@/lib/kept";
import app from "./en/app.json";
import codes from "./en/codes.json";
import operations from "./en/operations.json";
import pages from "./en/pages.json";
import states from "./en/states.json";
import ui from "./en/ui.json";

export const LANGUAGES = { en: "English", ru: "Русский", "zh-CN": "简体中文" } as const;
export type Language = keyof typeof LANGUAGES;

export type Namespace = keyof Words;

/** What stands on every page: the frame's words, and those of rooms that all features use. */
export const SHELL = { app, codes, operations, pages, states, ui };

const FILES = import.meta.glob<{ default: object }>(["./*/*.json", "!./en/{app,codes,operations,pages,states,ui}.json"]);

/** Fetches the words of one feature in one language when they are needed first. */
const files: BackendModule = {
  type: "backend",
  init: () => {},
  read(language: string, namespace: string, done: ReadCallback) {
    const load = FILES[`./${language}/${namespace}.json`];
    if (load === undefined) done(new Error(`no words: ${language}/${namespace}`), null);
    else load().then(({ default: words }) => done(null, { ...words }), (error: Error) => done(error, null));
  },
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
  i18n.on("languageChanged", (now) => (document.documentElement.lang = now));
  await i18n.use(files).use(initReactI18next).init({
    lng: language,
    load: "currentOnly",
    fallbackLng: false,
    partialBundledLanguages: true,
    resources: { en: SHELL },
    ns: Object.keys(SHELL),
    defaultNS: "app",
    initAsync: false,
    interpolation: { escapeValue: false },
    returnNull: false,
  });
}

/** Has the words of these features here; in the language that is spoken. */
export const loadWords = (words: readonly Namespace[]): Promise<void> => i18n.loadNamespaces(words);

/** Changes the language; its words are fetched first. */
export async function chooseLanguage(language: Language): Promise<void> {
  keep("language", language);
  await i18n.changeLanguage(language);
}
