import type { Change } from "@/api/types";

/** Pings come every 15 s: after this long without a word the stream is dead, whatever the browser says. */
const WATCHDOG_MS = 40_000;
const FIRST_RETRY_MS = 1000;
const LAST_RETRY_MS = 15_000;

export interface StreamTold {
  changes(changes: Change[], position: string): void;
  /** What is known may be old. */
  reset(): void;
  open(): void;
  lost(): void;
}

/** The change feed of the server, opened again whenever it ends. */
export class ChangeStream {
  readonly #told: StreamTold;
  readonly #make: (url: string) => EventSource;
  #source: EventSource | null = null;
  #position: string;
  #watch: ReturnType<typeof setTimeout> | null = null;
  #again: ReturnType<typeof setTimeout> | null = null;
  #wait = FIRST_RETRY_MS;

  constructor(position: string, told: StreamTold, make = (url: string) => new EventSource(url)) {
    this.#position = position;
    this.#told = told;
    this.#make = make;
    this.#open();
  }

  close(): void {
    this.#drop();
    if (this.#again !== null) clearTimeout(this.#again);
    this.#again = null;
  }

  #open(): void {
    const source = this.#make(`/api/events?after=${encodeURIComponent(this.#position)}`);
    this.#source = source;
    this.#alive();
    source.addEventListener("open", () => {
      this.#wait = FIRST_RETRY_MS;
      this.#alive();
      this.#told.open();
    });
    source.addEventListener("ping", () => this.#alive());
    source.addEventListener("reset", () => {
      this.#alive();
      this.#told.reset();
    });
    source.addEventListener("changes", (message: MessageEvent<string>) => {
      this.#alive();
      this.#position = message.lastEventId;
      this.#told.changes((JSON.parse(message.data) as { events: Change[] }).events, message.lastEventId);
    });
    source.addEventListener("error", () => this.#failed());
  }

  /** The browser's own reconnect gives up for good on 401 and 502, so we do it ourselves. */
  #failed(): void {
    this.#drop();
    this.#told.lost();
    this.#again ??= setTimeout(() => {
      this.#again = null;
      this.#open();
    }, this.#wait);
    this.#wait = Math.min(this.#wait * 2, LAST_RETRY_MS);
  }

  #alive(): void {
    if (this.#watch !== null) clearTimeout(this.#watch);
    this.#watch = setTimeout(() => this.#failed(), WATCHDOG_MS);
  }

  #drop(): void {
    if (this.#watch !== null) clearTimeout(this.#watch);
    this.#watch = null;
    this.#source?.close();
    this.#source = null;
  }
}
