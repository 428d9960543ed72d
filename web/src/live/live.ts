import type { QueryClient } from "@tanstack/react-query";
import { answer, api, refusals } from "@/api/client";
import type { Change, Schema } from "@/api/types";
import { Store } from "@/lib/store";
import { fleet } from "@/live/fleet-store";
import { Invalidation } from "@/live/invalidation";
import { leadership } from "@/live/leadership";
import { isAfter } from "@/live/position";
import { rowsOf, workstationsOf } from "@/live/rows";
import { ChangeStream } from "@/live/stream";

const NAME = "ldfleet-changes";
const HIDDEN_TOO_LONG_MS = 60_000;
const RING = 200; // messages that a page which joins may have missed while it asked for its snapshot
const AGAIN_MS = 2000;
const RETURNED_MS = 3000;
const LOST = new Set(["unreachable", "auth_failed"]);

function isReturn({ type, data }: Change): boolean {
  return type === "workstation.changed" && LOST.has(String(data.before)) && !LOST.has(String(data.status));
}

export interface Connection {
  state: "starting" | "live" | "lost";
  /** When it was lost; milliseconds since 1970. */
  lostAt: number | null;
}

type Message =
  | { kind: "changes"; changes: Change[]; position: string }
  | { kind: "reset" }
  | { kind: "connection"; state: "live" | "lost" }
  | { kind: "join" }
  | { kind: "recent"; messages: { changes: Change[]; position: string }[]; state: "live" | "lost" };

export const connection = new Store<Connection>({ state: "starting", lostAt: null });
/** Why the fleet could not be loaded at the last try; null: it was. */
export const loadFailure = new Store<unknown>(null);
/** Changes a second, over the last five. */
export const rate = new Store(0);

/** Keeps the fleet and the query cache true to the server, from `start` to `stop`. */
export class Live {
  readonly #invalidation: Invalidation;
  readonly #leadership = leadership(NAME);
  readonly #fetch: () => Promise<Schema<"SnapshotOut">>;
  #channel: BroadcastChannel | null = null;
  #stream: ChangeStream | null = null;
  #resign: (() => void) | null = null;
  /** Null while a snapshot is asked for: what comes meanwhile waits. */
  #position: string | null = null;
  #waiting: { changes: Change[]; position: string }[] = [];
  #ring: { changes: Change[]; position: string }[] = [];
  #leads = false;
  #hidden: ReturnType<typeof setTimeout> | null = null;
  #pace: ReturnType<typeof setInterval> | null = null;
  #counted = 0;
  #returned: ReturnType<typeof setTimeout> | null = null;
  #ended = false;

  constructor(queries: QueryClient, fetch = () => answer(api.GET("/api/emulators/snapshot"))) {
    this.#invalidation = new Invalidation(queries);
    this.#fetch = fetch;
  }

  start(): void {
    if (this.#leadership.shared) {
      this.#channel = new BroadcastChannel(NAME);
      this.#channel.addEventListener("message", (event: MessageEvent<Message>) => this.#heard(event.data));
      this.#say({ kind: "join" });
    }
    document.addEventListener("visibilitychange", this.#looked);
    this.#pace = setInterval(() => {
      rate.set(Math.round((this.#counted / 5) * 10) / 10);
      this.#counted = 0;
    }, 5000);
    void this.#load();
    this.#resign = this.#leadership.stand(() => {
      this.#leads = true;
      this.#follow();
    });
  }

  stop(): void {
    this.#ended = true;
    this.#leads = false;
    this.#stream?.close();
    this.#stream = null;
    this.#resign?.();
    this.#channel?.close();
    this.#channel = null;
    if (this.#pace !== null) clearInterval(this.#pace);
    if (this.#hidden !== null) clearTimeout(this.#hidden);
    document.removeEventListener("visibilitychange", this.#looked);
  }

  async #load(): Promise<void> {
    this.#position = null;
    try {
      const snapshot = await this.#fetch();
      if (this.#ended) return;
      loadFailure.set(null);
      fleet.replace(rowsOf(snapshot), workstationsOf(snapshot));
      this.#position = snapshot.position;
      const waiting = this.#waiting;
      this.#waiting = [];
      for (const each of waiting) this.#take(each.changes, each.position);
      this.#follow();
    } catch (error) {
      loadFailure.set(error);
      if (!this.#ended && refusals.get() === "none") setTimeout(() => void this.#load(), AGAIN_MS);
    }
  }

  /** Opens the stream where this page leads and knows from where. */
  #follow(): void {
    if (!this.#leads || this.#position === null || this.#stream !== null || this.#ended) return;
    this.#stream = new ChangeStream(this.#position, {
      open: () => this.#connected("live"),
      lost: () => this.#connected("lost"),
      reset: () => {
        this.#say({ kind: "reset" });
        this.#anew();
      },
      changes: (changes, position) => {
        this.#ring = [...this.#ring.slice(1 - RING), { changes, position }];
        this.#say({ kind: "changes", changes, position });
        this.#take(changes, position);
      },
    });
  }

  #anew(): void {
    this.#stream?.close();
    this.#stream = null;
    this.#ring = [];
    this.#waiting = [];
    this.#invalidation.everything();
    void this.#load();
  }

  #take(changes: Change[], position: string): void {
    if (this.#position === null) {
      this.#waiting.push({ changes, position });
      return;
    }
    if (!isAfter(position, this.#position)) return;
    this.#position = position;
    this.#counted += changes.length;
    fleet.push(changes);
    this.#invalidation.push(changes);
    // That its emulators are known again is told by the workstation alone.
    if (changes.some(isReturn)) this.#returned ??= setTimeout(() => this.#reload(), RETURNED_MS);
  }

  #reload(): void {
    this.#returned = null;
    if (!this.#ended && this.#position !== null) void this.#load();
  }

  #heard(message: Message): void {
    switch (message.kind) {
      case "changes":
        this.#take(message.changes, message.position);
        break;
      case "reset":
        if (!this.#leads) this.#anew();
        break;
      case "connection":
        this.#connectionIs(message.state);
        break;
      case "join":
        if (this.#leads) this.#say({ kind: "recent", messages: this.#ring, state: connection.get().state === "lost" ? "lost" : "live" });
        break;
      case "recent":
        for (const each of message.messages) this.#take(each.changes, each.position);
        this.#connectionIs(message.state);
        break;
    }
  }

  #connected(state: "live" | "lost"): void {
    this.#say({ kind: "connection", state });
    this.#connectionIs(state);
    // A stream that the server refuses tells no reason: a plain request does.
    if (state === "lost") this.#invalidation.whoWeAre();
  }

  #connectionIs(state: "live" | "lost"): void {
    const before = connection.get();
    if (before.state === state) return;
    connection.set({ state, lostAt: state === "lost" ? Date.now() : null });
  }

  #say(message: Message): void {
    this.#channel?.postMessage(message);
  }

  /** A page that shares its stream with nobody gives it back while nobody looks. */
  readonly #looked = (): void => {
    if (this.#leadership.shared) return;
    if (this.#hidden !== null) clearTimeout(this.#hidden);
    this.#hidden = null;
    if (document.hidden) {
      this.#hidden = setTimeout(() => {
        this.#stream?.close();
        this.#stream = null;
      }, HIDDEN_TOO_LONG_MS);
    } else this.#follow();
  };
}
