import type { Words } from "@/i18n/words";

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "app";
    resources: Words;
    returnNull: false;
  }
}
