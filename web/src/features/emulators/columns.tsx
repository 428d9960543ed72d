import { Lock } from "lucide-react";
import type { ReactNode } from "react";
import type { Words } from "@/i18n/words";
import { mebibytes } from "@/lib/amounts";
import { ago, lasting, since, utc } from "@/lib/time";
import { fleet } from "@/live/fleet-store";
import type { FleetRow, FleetWorkstation } from "@/live/rows";
import { StateMark } from "@/ui/state-badge";
import { StateShape } from "@/ui/state-shape";
import type { Fitting } from "./fitting";
import type { Verb } from "./verbs";
import styles from "./emulators.module.css";

/** What a cell is drawn with; it has no hooks of its own, as there are hundreds. */
export interface Drawn {
  row: FleetRow;
  place: FleetWorkstation | undefined;
  now: number;
  say: Say;
  /** What was asked of it and is not seen yet. */
  asked: Verb | undefined;
}

export interface Say {
  language: string;
  status: (status: FleetRow["status"]) => string;
  asked: (verb: Verb) => string;
  android: (android: NonNullable<FleetRow["android"]>) => string;
  adb: (adb: NonNullable<FleetRow["adb"]>) => string;
  power: (power: FleetRow["power"]) => string;
  place: (status: FleetWorkstation["status"]) => string;
  protected: string;
  /** "was running, 5 min ago" */
  was: (power: string, age: string) => string;
  live: string;
}

type HeadKey = keyof Words["emulators"]["columns"];

export interface FleetColumn extends Fitting {
  id: HeadKey;
  sort?: string;
  align?: "right";
  /** Only shown when it is chosen. */
  hidden?: true;
  cell: (drawn: Drawn) => ReactNode;
  csv: (row: FleetRow, place: FleetWorkstation | undefined) => unknown;
}

const NOTHING = <span className="faint">–</span>;
const LOST: ReadonlySet<string> = new Set(["unreachable", "auth_failed"]);
const isLost = (place: FleetWorkstation | undefined) => place !== undefined && LOST.has(place.status);

/** When it was seen last, in seconds since 1970: with its workstation while it is current. */
export function seenAt(row: FleetRow, place: FleetWorkstation | undefined): number {
  return Math.max(row.observed, row.current ? 0 : (place?.seen ?? 0));
}

/** Every column that the store can fill, in the order of the grid. */
export const COLUMNS: readonly FleetColumn[] = [
  {
    id: "state", min: 134, grow: 0, leaves: 0, sort: "status",
    cell: ({ row, say, asked }) =>
      asked === undefined ? (
        <StateMark of="emulator" state={row.status} stale={!row.current} word={say.status(row.status)} />
      ) : (
        <span className={styles.asked} title={say.status(row.status)}><StateShape shape="turning" /><span className="clip">{say.asked(asked)}</span></span>
      ),
    csv: (row) => row.status,
  },
  {
    id: "name", min: 176, grow: 2, leaves: 0, sort: "name",
    cell: ({ row, say }) => (
      <span className={styles.name}>
        <b className="clip">{row.name}</b>
        <small className="number">#{row.index}</small>
        {row.protected && <Lock size={12} aria-label={say.protected} role="img" />}
      </span>
    ),
    csv: (row) => row.name,
  },
  {
    id: "workstation", min: 128, grow: 1, leaves: 1, sort: "workstation",
    cell: ({ place, say }) => (
      <span className={styles.place} title={place && isLost(place) ? `${place.name}: ${say.place(place.status)}` : place?.name}>
        {isLost(place) && <StateShape shape="alert" />}
        <span className="clip">{place?.name ?? "–"}</span>
      </span>
    ),
    csv: (_, place) => place?.name,
  },
  {
    id: "tags", min: 132, grow: 1.4, leaves: 4,
    cell: ({ row }) => row.tags.length > 0 && <span className={styles.tags} title={row.tags.join(", ")}>{row.tags.map((tag) => <i key={tag}>{tag}</i>)}</span>,
    csv: (row) => row.tags.join(" "),
  },
  {
    id: "note", min: 150, grow: 2, leaves: 3,
    cell: ({ row, place, now, say }) => {
      if (!row.current) {
        const age = ago(Math.max(0, since(seenAt(row, place), now)), say.language);
        const words = say.was(say.power(row.lastPower), age);
        return <span className="dim" title={`${words} · ${utc(seenAt(row, place))}`}>{words}</span>;
      }
      return row.trouble !== null && <span className={styles.trouble} title={row.trouble}>{row.trouble}</span>;
    },
    csv: (row) => row.trouble,
  },
  {
    id: "android", min: 92, grow: 0, leaves: 5, sort: "android",
    cell: ({ row, say }) => (row.android === null || row.android === "off" ? NOTHING : <span className={row.android === "frozen" ? styles.trouble : ""}>{say.android(row.android)}</span>),
    csv: (row) => row.android,
  },
  {
    id: "adb", min: 86, grow: 0, leaves: 8, sort: "adb", hidden: true,
    cell: ({ row, say }) => (row.adb === null || row.adb === "none" ? NOTHING : say.adb(row.adb)),
    csv: (row) => row.adb,
  },
  { id: "cpu", min: 70, grow: 0, leaves: 6, sort: "cpu", align: "right", cell: ({ row }) => row.cpu ?? NOTHING, csv: (row) => row.cpu },
  {
    id: "memory", min: 84, grow: 0, leaves: 7, sort: "memory", align: "right",
    cell: ({ row, say }) => (row.memoryMib === null ? NOTHING : mebibytes(row.memoryMib, say.language)),
    csv: (row) => row.memoryMib,
  },
  {
    id: "since", min: 94, grow: 0, leaves: 2, sort: "since", align: "right",
    cell: ({ row, now, say }) => (row.current ? <span title={utc(row.since)}>{lasting(Math.max(0, Math.round(since(row.since, now))), say.language)}</span> : NOTHING),
    csv: (row) => new Date(row.since * 1000).toISOString(),
  },
  {
    id: "seen", min: 110, grow: 0, leaves: 9, align: "right", hidden: true,
    cell: ({ row, place, now, say }) => (row.current ? say.live : <span title={utc(seenAt(row, place))}>{ago(Math.max(0, since(seenAt(row, place), now)), say.language)}</span>),
    csv: (row, place) => new Date(seenAt(row, place) * 1000).toISOString(),
  },
  { id: "site", min: 90, grow: 0.6, leaves: 10, sort: "site", hidden: true, cell: ({ place }) => place?.site ?? NOTHING, csv: (_, place) => place?.site },
  { id: "install", min: 130, grow: 1, leaves: 11, hidden: true, cell: ({ row }) => <span className="mono" title={row.install}>{row.install.split("\\").at(-1)}</span>, csv: (row) => row.install },
  { id: "id", min: 150, grow: 1, leaves: 12, hidden: true, cell: ({ row }) => <span className="mono">{row.id}</span>, csv: (row) => row.id },
];

/** The rows of these ids, as a CSV has them. */
export function csvRows(columns: readonly FleetColumn[], ids: readonly string[]): unknown[][] {
  return ids.flatMap((id) => {
    const row = fleet.get(id);
    return row === undefined ? [] : [columns.map((column) => column.csv(row, fleet.workstation(row.workstationId)))];
  });
}
