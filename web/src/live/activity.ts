import { TROUBLED } from "@/lib/states";
import { Store } from "@/lib/store";
import { type Counts, fleet } from "@/live/fleet-store";

const EVERY_MS = 2000;
const KEPT = 900; // half an hour

/** How many emulators were what, over time; one place of each list is one moment. */
export interface Activity {
  /** Seconds since 1970, rising. */
  times: readonly number[];
  ready: readonly number[];
  starting: readonly number[];
  troubled: readonly number[];
}

export const NOTHING_YET: Activity = { times: [], ready: [], starting: [], troubled: [] };

/** The counts since this page was opened; the server keeps none for the whole farm. */
export const activity = new Store<Activity>(NOTHING_YET);

/** One more moment; the oldest goes where there are too many. */
export function withMoment(known: Activity, at: number, counts: Counts, kept: number = KEPT): Activity {
  const more = (list: readonly number[], number: number) => [...list, number].slice(-kept);
  return {
    times: more(known.times, at),
    ready: more(known.ready, counts.ready),
    starting: more(known.starting, counts.starting),
    troubled: more(known.troubled, TROUBLED.reduce((sum, status) => sum + counts[status], 0)),
  };
}

/** Notes the counts from now on, until what it returns is called. */
export function recordActivity(): () => void {
  const note = () => {
    if (fleet.size.get() !== null) activity.set(withMoment(activity.get(), Date.now() / 1000, fleet.counts.get()));
  };
  const first = fleet.size.subscribe(() => activity.get().times.length === 0 && note());
  const timer = setInterval(note, EVERY_MS);
  return () => {
    first();
    clearInterval(timer);
  };
}
