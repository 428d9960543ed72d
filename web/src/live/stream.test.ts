import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { isAfter } from "@/live/position";
import { ChangeStream, type StreamTold } from "@/live/stream";

/** The browser's end of a stream, in our hands. */
class Source extends EventTarget {
  closed = false;
  readonly url: string;
  constructor(url: string) {
    super();
    this.url = url;
  }
  close(): void {
    this.closed = true;
  }
  tell(type: string, data = "{}", lastEventId = ""): void {
    this.dispatchEvent(new MessageEvent(type, { data, lastEventId }));
  }
}

let sources: Source[];
let told: { [name in keyof StreamTold]: ReturnType<typeof vi.fn> };
let stream: ChangeStream;
const latest = () => sources.at(-1) as Source;

beforeEach(() => {
  vi.useFakeTimers();
  sources = [];
  told = { changes: vi.fn(), reset: vi.fn(), open: vi.fn(), lost: vi.fn() };
  stream = new ChangeStream("boot.7", told as unknown as StreamTold, (url) => {
    sources.push(new Source(url));
    return latest() as unknown as EventSource;
  });
});
afterEach(() => stream.close());

describe("the stream", () => {
  it("begins where the snapshot ended", () => {
    expect(latest().url).toBe("/api/events?after=boot.7");
  });

  it("goes on after the last event it heard, when it was cut", () => {
    latest().tell("changes", '{"events": [{"id": "boot.9"}]}', "boot.9");
    latest().tell("error");
    vi.advanceTimersByTime(1000);

    expect(told.lost).toHaveBeenCalledTimes(1);
    expect(sources[0]?.closed).toBe(true);
    expect(latest().url).toBe("/api/events?after=boot.9");
  });

  it("takes 40 s without a word for the end, pings for a word", () => {
    vi.advanceTimersByTime(39_000);
    latest().tell("ping");
    vi.advanceTimersByTime(39_000);
    expect(told.lost).not.toHaveBeenCalled();

    vi.advanceTimersByTime(1000);
    expect(told.lost).toHaveBeenCalledTimes(1);
  });

  it("tries again ever more slowly, at most every 15 s", () => {
    for (const wait of [1000, 2000, 4000, 8000, 15_000, 15_000]) {
      const before = sources.length;
      latest().tell("error");
      vi.advanceTimersByTime(wait - 1);
      expect(sources.length).toBe(before);
      vi.advanceTimersByTime(1);
      expect(sources.length).toBe(before + 1);
    }
  });

  it("says that what is known may be old", () => {
    latest().tell("reset");
    expect(told.reset).toHaveBeenCalledTimes(1);
  });

  it("stays closed", () => {
    latest().tell("error");
    stream.close();
    vi.advanceTimersByTime(60_000);
    expect(sources.length).toBe(1);
  });
});

describe("a position", () => {
  it.each([
    ["a.10", "a.9", true],
    ["a.9", "a.9", false],
    ["a.8", "a.9", false],
    ["b.1", "a.9", true],
  ])("%s is after %s: %s", (position, other, is) => expect(isAfter(position, other)).toBe(is));
});
