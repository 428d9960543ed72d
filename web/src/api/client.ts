import createClient, { type Middleware } from "openapi-fetch";
import type { paths } from "@/api/schema.gen";
import type { Page } from "@/api/types";
import { ProblemError, UnreachableError, problemOf } from "@/lib/problem";
import { Store } from "@/lib/store";
import { randomId } from "@/lib/random";

const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);

/** What the server last said of who we are: it is watched by the login overlay. */
export const refusals = new Store<"none" | "signed_out" | "password_change_needed">("none");

/** The CSRF cookie's value, to be shown with whatever changes something (SECURITY.md). */
export function csrfToken(cookies: string = document.cookie): string | null {
  const found = cookies.split("; ").find((each) => each.startsWith("ldfleet_csrf="));
  return found ? decodeURIComponent(found.slice("ldfleet_csrf=".length)) : null;
}

const guarded: Middleware = {
  onRequest({ request }) {
    if (SAFE.has(request.method)) return;
    const token = csrfToken();
    if (token) request.headers.set("X-CSRF-Token", token);
    if (request.method === "POST" && !request.headers.has("Idempotency-Key")) {
      request.headers.set("Idempotency-Key", randomId());
    }
  },
  onError() {
    return new UnreachableError("The server gives no answer.");
  },
  async onResponse({ response, schemaPath }) {
    if (response.ok || response.status === 304) return;
    const body: unknown = await response.clone().json().catch(() => null);
    const problem = new ProblemError(problemOf(response.status, body));
    if (response.status === 401 && schemaPath !== "/api/auth/login") refusals.set("signed_out");
    if (problem.code === "password_change_needed") refusals.set("password_change_needed");
    throw problem;
  },
};

/** The API, typed by openapi.json. What is not 2xx is thrown as ProblemError. */
export const api = createClient<paths>({ baseUrl: typeof location === "undefined" ? "/" : location.origin });
api.use(guarded);

/** The answer of a request; refusals were thrown before. */
export async function answer<T>(asked: Promise<{ data?: T }>): Promise<T> {
  const { data } = await asked;
  return data as T;
}

/** A list that was asked for without `fields`, so that its things are whole. */
export async function pageOf<T>(asked: Promise<{ data?: unknown }>): Promise<Page<T>> {
  return (await asked).data as Page<T>;
}
