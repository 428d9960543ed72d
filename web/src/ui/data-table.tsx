import { columnVisibilityFeature, createColumnHelper, tableFeatures, useTable } from "@tanstack/react-table";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, type ReactNode, memo, useEffect, useId, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { ArrowDown, ArrowUp } from "lucide-react";
import { count } from "@/lib/amounts";
import { csv, download } from "@/lib/csv";
import { EVERYTHING, NOTHING, type Selection, holds, isNothing, sizeOf, withIds } from "@/lib/selection";
import { parseSort, turned } from "@/lib/sorting";
import { BulkBar } from "@/ui/bulk-bar";
import { ProblemNote } from "@/ui/problem-note";
import { TableTools, useHidden } from "@/ui/table-tools";
import styles from "@/ui/data-table.module.css";

export interface Column<T> {
  id: string;
  head: string;
  cell: (row: T) => ReactNode;
  /** The server's name for sorting by it; without, it can't be. */
  sort?: string;
  /** What stands in the CSV; without, the column is not in it. */
  csv?: (row: T) => unknown;
  /** As in grid-template-columns; `minmax(120px, 1fr)` if it is not said. */
  width?: string;
  align?: "right";
  /** Only shown when it is chosen. */
  hidden?: boolean;
}

/** What is shown: `useList` of api/lists.ts makes one. */
export interface Rows<T> {
  rows: readonly T[];
  total: number | null;
  loading: boolean;
  old: boolean;
  error: unknown;
  more: (() => void) | null;
  again: () => void;
  all: () => Promise<readonly T[]>;
}

interface Props<T> {
  /** Its columns are kept under this name. */
  name: string;
  label: string;
  columns: readonly Column<T>[];
  list: Rows<T>;
  id: (row: T) => string;
  /** What a row is called, for whoever can't see it. */
  rowName: (row: T) => string;
  sort?: string | undefined;
  onSort?: (sort: string | undefined) => void;
  /** The id of what is open in the panel. */
  open?: string | undefined;
  onOpen?: (row: T) => void;
  selection?: Selection;
  onSelection?: (selection: Selection) => void;
  /** The bulk bar's buttons. */
  bulk?: ReactNode;
  empty: ReactNode;
}

const features = tableFeatures({ columnVisibilityFeature });
const HEIGHTS = { compact: 28, normal: 34, roomy: 42 } as const;
const CHECK = "36px";
const SKELETONS = Array.from({ length: 12 }, (_, at) => at);

/** The table of every list but the fleet's: paged by the server, virtual, with one keyboard. */
export function DataTable<T extends object>(props: Props<T>) {
  const { name, label, columns, list, id, rowName, open, onOpen, onSort, onSelection, bulk, empty } = props;
  const { t, i18n } = useTranslation("ui");
  const selection = props.selection ?? NOTHING;
  const [hidden, setHidden, density, setDensity] = useHidden(name, columns);
  const [at, setAt] = useState(0);
  const scroller = useRef<HTMLDivElement>(null);
  const anchor = useRef(0);
  const prefix = useId();

  const defined = useMemo(() => {
    const helper = createColumnHelper<typeof features, T>();
    return columns.map((column) => helper.display({ id: column.id, header: column.head, cell: ({ row }) => column.cell(row.original) }));
  }, [columns]);
  const table = useTable({ features, columns: defined, data: list.rows as T[], getRowId: id, state: { columnVisibility: hidden } });
  const rows = table.getRowModel().rows;
  const selected = sizeOf(selection, list.total);
  const shown = columns.filter((column) => hidden[column.id] !== false);
  const template = [...(onSelection ? [CHECK] : []), ...shown.map((column) => column.width ?? "minmax(120px, 1fr)")].join(" ");
  const height = HEIGHTS[density];
  const virtual = useVirtualizer({ count: rows.length, getScrollElement: () => scroller.current, estimateSize: () => height, overscan: 8 });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  const { more } = list;
  const near = rows.length > 0 && last >= rows.length - 20;
  const width = template.split(" ").reduce((sum, each) => sum + (Number(/(\d+)px/.exec(each)?.[1]) || 0), 0);
  useEffect(() => {
    if (near) more?.();
  }, [near, more]);

  function pick(index: number, range: boolean) {
    const row = list.rows[index];
    if (!row || !onSelection) return;
    const selected = !holds(selection, id(row));
    const from = range ? Math.min(anchor.current, index) : index;
    const to = range ? Math.max(anchor.current, index) : index;
    anchor.current = index;
    onSelection(withIds(selection, list.rows.slice(from, to + 1).map(id), range || selected));
  }

  function move(by: number, range: boolean) {
    const next = Math.max(0, Math.min(rows.length - 1, at + by));
    setAt(next);
    virtual.scrollToIndex(next);
    const row = list.rows[next];
    if (range && row && onSelection) onSelection(withIds(selection, [id(row)], true));
  }

  function pressed(event: KeyboardEvent) {
    if (event.target !== scroller.current) return;
    const page = Math.floor((scroller.current?.clientHeight ?? height) / height) - 1;
    const row = list.rows[at];
    const keys: Record<string, () => void> = {
      ArrowDown: () => move(1, event.shiftKey),
      ArrowUp: () => move(-1, event.shiftKey),
      j: () => move(1, false),
      k: () => move(-1, false),
      PageDown: () => move(page, false),
      PageUp: () => move(-page, false),
      Home: () => move(-at, false),
      End: () => move(rows.length, false),
      " ": () => pick(at, event.shiftKey),
      x: () => pick(at, false),
      Enter: () => row && onOpen?.(row),
      Escape: () => onSelection?.(NOTHING),
    };
    if ((event.ctrlKey || event.metaKey) && event.key === "a") onSelection?.(EVERYTHING);
    else if (event.ctrlKey || event.metaKey || event.altKey || !(event.key in keys)) return;
    else keys[event.key]?.();
    event.preventDefault();
  }

  async function toCsv() {
    const told = shown.filter((column) => column.csv);
    const all = await list.all();
    download(`${name}.csv`, csv(told.map((column) => column.head), all.map((row) => told.map((column) => column.csv?.(row)))));
  }

  if (list.error && list.rows.length === 0) return <ProblemNote error={list.error} onRetry={list.again} />;
  if (!list.loading && rows.length === 0) return <section className={`card ${styles.table}`} aria-label={label}>{empty}</section>;
  return (
    <section className={`card ${styles.table}`} aria-label={label}>
      <div ref={scroller} className={`${styles.scroller} ${list.old ? styles.old : ""}`} role="grid" aria-label={label} aria-rowcount={list.total ?? rows.length} aria-multiselectable={onSelection !== undefined} tabIndex={0} onKeyDown={pressed} {...(rows.length > 0 ? { "aria-activedescendant": `${prefix}${at}` } : {})}>
        <div role="rowgroup" className={styles.heads} style={{ minWidth: width }}>
          <div role="row" className={styles.head} style={{ gridTemplateColumns: template }}>
            {onSelection && (
              <div role="columnheader" className={styles.check}>
                <input
                  type="checkbox"
                  className="native"
                  tabIndex={-1}
                  aria-label={t("selectAll")}
                  ref={(box) => {
                    if (box) box.indeterminate = !isNothing(selection) && selected !== list.total;
                  }}
                  checked={!isNothing(selection)}
                  onChange={() => onSelection(isNothing(selection) ? EVERYTHING : NOTHING)}
                />
              </div>
            )}
            {shown.map((column) => (
              <Head key={column.id} column={column} sort={props.sort} onSort={onSort} />
            ))}
          </div>
        </div>
        <div role="rowgroup" style={{ height: list.loading ? SKELETONS.length * height : virtual.getTotalSize(), position: "relative", minWidth: width }}>
          {list.loading && SKELETONS.map((each) => <Waiting key={each} columns={shown.length + (onSelection ? 1 : 0)} template={template} top={each * height} />)}
          {items.map((item) => {
            const row = rows[item.index];
            if (!row) return null;
            const picked = holds(selection, row.id);
            return (
              <div
                key={row.id}
                id={`${prefix}${item.index}`}
                role="row"
                aria-rowindex={item.index + 2}
                {...(onSelection ? { "aria-selected": picked } : {})}
                className={`${styles.row} ${row.id === open ? styles.open : ""} ${item.index === at ? styles.at : ""}`}
                style={{ gridTemplateColumns: template, transform: `translateY(${item.start}px)` }}
                onClick={(event) => {
                  if ((event.target as HTMLElement).closest("a, button, input")) return;
                  setAt(item.index);
                  if (event.shiftKey || event.ctrlKey || event.metaKey) pick(item.index, event.shiftKey);
                  else onOpen?.(row.original);
                }}
              >
                {onSelection && (
                  <div role="gridcell" className={styles.check}>
                    <input type="checkbox" className="native" tabIndex={-1} aria-label={t("selectRow", { name: rowName(row.original) })} checked={picked} onChange={() => pick(item.index, false)} />
                  </div>
                )}
                {row.getVisibleCells().map((cell, place) => (
                  <div key={cell.id} role="gridcell" className={`${styles.cell} ${shown[place]?.align === "right" ? styles.right : ""}`}>
                    <table.FlexRender cell={cell} />
                  </div>
                ))}
              </div>
            );
          })}
        </div>
      </div>
      {list.error !== null && list.rows.length > 0 && <ProblemNote error={list.error} onRetry={list.again} />}
      {onSelection && !isNothing(selection) && <BulkBar selection={selection} total={list.total} onSelection={onSelection}>{bulk}</BulkBar>}
      <footer className={styles.foot}>
        <span className="number">{list.loading ? t("loading") : t("rows", { count: list.total ?? rows.length, formatted: `${count(list.total ?? rows.length, i18n.language)}${list.total === null && list.more ? "+" : ""}` })}</span>
        <TableTools columns={columns} hidden={hidden} onHidden={setHidden} density={density} onDensity={setDensity} onCsv={() => void toCsv()} />
      </footer>
    </section>
  );
}

function Head<T>({ column, sort, onSort }: { column: Column<T>; sort: string | undefined; onSort: ((sort: string | undefined) => void) | undefined }) {
  const now = parseSort(sort);
  const mine = column.sort !== undefined && now?.field === column.sort;
  const Arrow = now?.descending ? ArrowDown : ArrowUp;
  const by = column.sort;
  return (
    <div role="columnheader" className={`${styles.cell} ${column.align === "right" ? styles.right : ""}`} aria-sort={mine ? (now?.descending ? "descending" : "ascending") : "none"}>
      {by !== undefined && onSort ? (
        <button type="button" className={styles.sort} onClick={() => onSort(turned(sort, by))}>
          <span className="clip">{column.head}</span>
          {mine && <Arrow size={12} aria-hidden />}
        </button>
      ) : (
        column.head
      )}
    </div>
  );
}

const Waiting = memo(function Waiting({ columns, template, top }: { columns: number; template: string; top: number }) {
  return (
    <div className={styles.row} style={{ gridTemplateColumns: template, transform: `translateY(${top}px)` }} aria-hidden>
      {Array.from({ length: columns }, (_, at) => (
        <div key={at} className={styles.cell}>
          <div className={styles.skeleton} />
        </div>
      ))}
    </div>
  );
});
