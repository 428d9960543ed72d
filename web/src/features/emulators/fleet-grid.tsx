import { ArrowDown, ArrowUp } from "lucide-react";
import { type KeyboardEvent, type MouseEvent, type ReactNode, useRef, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { EVERYTHING, NOTHING, type Selection, isNothing, sizeOf, withIds, holds } from "@/lib/selection";
import { parseSort, turned } from "@/lib/sorting";
import type { Store } from "@/lib/store";
import type { FleetOrder } from "@/live/order";
import { useStore } from "@/live/use-fleet";
import { type FleetColumn, type Say } from "./columns";
import { fitting, template } from "./fitting";
import { FleetLine } from "./fleet-row";
import type { MenuAt } from "./row-menu";
import { useWindow } from "./use-window";
import styles from "./emulators.module.css";

const CHECK = 36;
const ACTS = 68;
const SKELETONS = Array.from({ length: 18 }, (_, at) => at);

interface Props {
  order: FleetOrder;
  columns: readonly FleetColumn[];
  rowHeight: number;
  say: Say;
  sort: string | undefined;
  onSort: (sort: string | undefined) => void;
  selection: Store<Selection>;
  at: Store<string | null>;
  open: string | undefined;
  onOpen: (id: string | undefined) => void;
  onAct: (act: "launch" | "quit", id: string) => void;
  onMenu: (at: MenuAt) => void;
  may: boolean;
  loading: boolean;
  empty: ReactNode;
}

/** The fleet, windowed: only what is seen is drawn, and each row follows its own emulator. */
export function FleetGrid({ order, columns, rowHeight, say, sort, onSort, selection, at, open, onOpen, onAct, onMenu, may, loading, empty }: Props) {
  const { t } = useTranslation("emulators");
  const scroller = useRef<HTMLDivElement>(null);
  const anchor = useRef<string | null>(null);
  const ids = useStore(order.ids);
  const { first, end, width, height } = useWindow(scroller, ids.length, rowHeight);
  const shown = fitting(columns, width - CHECK - ACTS);
  const lines = `${CHECK}px ${template(shown)} ${ACTS}px`;
  const least = shown.reduce((sum, column) => sum + column.min, CHECK + ACTS);

  function pick(id: string, range: boolean) {
    const now = selection.get();
    const from = range && anchor.current !== null ? ids.indexOf(anchor.current) : -1;
    const to = ids.indexOf(id);
    const many = from < 0 ? [id] : ids.slice(Math.min(from, to), Math.max(from, to) + 1);
    if (!range) anchor.current = id;
    selection.set(withIds(now, many, range || !holds(now, id)));
  }

  function clicked(event: MouseEvent) {
    const target = event.target as HTMLElement;
    const id = target.closest<HTMLElement>("[data-id]")?.dataset.id;
    if (id === undefined) return;
    at.set(id);
    const act = target.closest<HTMLElement>("[data-do]")?.dataset.do;
    if (act === "launch" || act === "quit") onAct(act, id);
    else if (act === "pick" || event.shiftKey || event.ctrlKey || event.metaKey) pick(id, event.shiftKey);
    else onOpen(id);
  }

  /** Of what is selected, where the row is among it; else of the row alone. */
  function menu(id: string, x: number, y: number) {
    const now = selection.get();
    at.set(id);
    const targets = holds(now, id) ? ids.filter((each) => holds(now, each)) : [id];
    // Not within the event: the menu would take it for one outside itself, and close.
    if (may) setTimeout(() => onMenu({ ids: targets, x, y }));
  }

  function pointed(event: MouseEvent) {
    const id = (event.target as HTMLElement).closest<HTMLElement>("[data-id]")?.dataset.id;
    if (id === undefined || !may) return;
    event.preventDefault();
    menu(id, event.clientX, event.clientY);
  }

  function menuAtRow(id: string) {
    const row = document.getElementById(`row-${id}`)?.getBoundingClientRect();
    if (row) menu(id, row.left + CHECK, row.bottom);
  }

  function show(index: number) {
    const element = scroller.current;
    if (element === null) return;
    const top = index * rowHeight;
    const room = height - 36 - rowHeight;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top > element.scrollTop + room) element.scrollTop = top - room;
  }

  function move(by: number, range: boolean) {
    const now = at.get();
    const index = Math.max(0, Math.min(ids.length - 1, (now === null ? -1 : ids.indexOf(now)) + by));
    const id = ids[index];
    if (id === undefined) return;
    if (range && now !== null) {
      anchor.current ??= now;
      selection.set(withIds(selection.get(), [now, id], true));
    } else anchor.current = id;
    at.set(id);
    show(index);
  }

  function pressed(event: KeyboardEvent) {
    if (event.target !== scroller.current) return;
    const page = Math.max(1, Math.floor(height / rowHeight) - 2);
    const id = at.get() ?? ids[0] ?? null;
    const keys: Record<string, () => void> = {
      ArrowDown: () => move(1, event.shiftKey),
      ArrowUp: () => move(-1, event.shiftKey),
      j: () => move(1, false),
      k: () => move(-1, false),
      PageDown: () => move(page, false),
      PageUp: () => move(-page, false),
      Home: () => move(-ids.length, false),
      End: () => move(ids.length, false),
      " ": () => id !== null && pick(id, event.shiftKey),
      x: () => id !== null && pick(id, false),
      ".": () => id !== null && menuAtRow(id),
      Enter: () => id !== null && onOpen(id),
      Escape: () => (open === undefined ? selection.set(NOTHING) : onOpen(undefined)),
    };
    const held = event.ctrlKey || event.metaKey || event.altKey;
    if ((event.ctrlKey || event.metaKey) && event.key === "a") selection.set(EVERYTHING);
    else if (held || !(event.key in keys)) return;
    else keys[event.key]?.();
    event.preventDefault();
  }

  return (
    <div ref={scroller} className={styles.scroller} role="grid" aria-label={t("fleet")} aria-rowcount={ids.length + 1} aria-multiselectable tabIndex={0} onClick={clicked} onContextMenu={pointed} onKeyDown={pressed} onFocus={() => at.get() === null && ids[0] !== undefined && at.set(ids[0])} aria-activedescendant={useAt(at, ids.slice(first, end))}>
      <div role="rowgroup" className={styles.heads}>
        <div role="row" aria-rowindex={1} className={styles.head} style={{ gridTemplateColumns: lines, minWidth: least }}>
          <AllBox selection={selection} total={ids.length} />
          {shown.map((column) => (
            <Head key={column.id} column={column} sort={sort} onSort={onSort} />
          ))}
          <div role="columnheader" className={styles.cell}><span className="visually-hidden">{t("acts")}</span></div>
        </div>
      </div>
      <div role="rowgroup" className={styles.rows} style={{ height: (loading ? SKELETONS.length : ids.length) * rowHeight, minWidth: least }} onPointerEnter={() => order.pointed(true)} onPointerLeave={() => order.pointed(false)}>
        {loading && SKELETONS.map((each) => <div key={each} className={styles.waiting} style={{ top: each * rowHeight, height: rowHeight }} aria-hidden><i /><i /><i /></div>)}
        {ids.slice(first, end).map((id, place) => (
          <FleetLine key={id} id={id} index={first + place} top={(first + place) * rowHeight} columns={shown} template={lines} say={say} selection={selection} at={at} open={id === open} may={may} />
        ))}
      </div>
      {!loading && ids.length === 0 && (
        <div role="rowgroup">
          <div role="row">
            <div role="gridcell">{empty}</div>
          </div>
        </div>
      )}
    </div>
  );
}

/** The drawn row that the keyboard is at, for whoever can't see it. */
function useAt(at: Store<string | null>, drawn: readonly string[]): string | undefined {
  const id = useSyncExternalStore(at.subscribe, at.get);
  return id !== null && drawn.includes(id) ? `row-${id}` : undefined;
}

/** Everything in the view, or nothing. */
function AllBox({ selection, total }: { selection: Store<Selection>; total: number }) {
  const { t } = useTranslation("emulators");
  const now = useStore(selection);
  const size = sizeOf(now, total) ?? 0;
  const all = now.all ? now.except.size === 0 : total > 0 && size >= total;
  return (
    <div role="columnheader" className={styles.check}>
      <input
        type="checkbox"
        className="native"
        tabIndex={-1}
        aria-label={t("selectAll")}
        checked={all}
        ref={(box) => {
          if (box) box.indeterminate = !all && !isNothing(now);
        }}
        onChange={() => selection.set(all ? NOTHING : EVERYTHING)}
      />
    </div>
  );
}

function Head({ column: { id, sort: by, align }, sort, onSort }: { column: FleetColumn; sort: string | undefined; onSort: (sort: string | undefined) => void }) {
  const { t } = useTranslation("emulators");
  const now = parseSort(sort);
  const mine = by !== undefined && now?.field === by;
  const Arrow = now?.descending ? ArrowDown : ArrowUp;
  return (
    <div role="columnheader" className={`${styles.cell} ${align === "right" ? styles.right : ""}`} aria-sort={mine ? (now?.descending ? "descending" : "ascending") : "none"}>
      {by === undefined ? (
        <span className="clip">{t(`columns.${id}`)}</span>
      ) : (
        <button type="button" className={styles.sort} onClick={() => onSort(turned(sort, by))}>
          <span className="clip">{t(`columns.${id}`)}</span>
          {mine && <Arrow size={12} aria-hidden />}
        </button>
      )}
    </div>
  );
}
