import { answer, api } from "@/api/client";
import type { Schema } from "@/api/types";

export type View = Schema<"ViewOut">;

/** What of a list is kept under a name. */
export interface Shown {
  filter: string;
  sort: string;
}

export const addView = (view: Schema<"ViewIn">) => answer(api.POST("/api/views", { body: view }));
export const match = (version: number) => ({ "If-Match": `"${version}"` });
