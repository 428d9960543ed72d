import { Button } from "@mantine/core";
import { getRouteApi } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useCallback, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMay } from "@/api/session";
import { csv, download } from "@/lib/csv";
import { valuesOf, withField } from "@/lib/filter";
import { NOTHING, type Selection, holds, isNothing } from "@/lib/selection";
import { Store } from "@/lib/store";
import { loadFailure } from "@/live/live";
import type { FleetOrder } from "@/live/order";
import { useFleetSize, useStore } from "@/live/use-fleet";
import { SavedViews } from "@/nouns/saved-views";
import { BulkBar } from "@/ui/bulk-bar";
import { Facet } from "@/ui/facet";
import { FilterBox } from "@/ui/filter-box";
import { lazily } from "@/ui/lazily";
import { Page } from "@/ui/page";
import { ProblemNote } from "@/ui/problem-note";
import { useHidden } from "@/ui/table-tools";
import type { Note } from "./annotate-dialog";
import { BulkVerbs } from "./bulk-verbs";
import { COLUMNS, csvRows } from "./columns";
import { FleetEmpty } from "./fleet-empty";
import { FleetFoot } from "./fleet-foot";
import { FleetGrid } from "./fleet-grid";
import type { MenuAt } from "./row-menu";
import { StatusTabs } from "./status-tabs";
import { useAsking } from "./use-asking";
import { useFleetView, useKnown } from "./use-fleet-view";
import { useSay } from "./use-say";
import type { Verb } from "./verbs";
import { completable } from "./view";
import styles from "./emulators.module.css";

const AnnotateDialog = lazily(() => import("./annotate-dialog").then((there) => there.AnnotateDialog));
const AskDialog = lazily(() => import("./ask-dialog").then((there) => there.AskDialog));
const BatchPanel = lazily(() => import("./batch-panel").then((there) => there.BatchPanel));
const CreateDialog = lazily(() => import("./create-dialog").then((there) => there.CreateDialog));
const DetailPanel = lazily(() => import("./detail-panel").then((there) => there.DetailPanel));
const RowMenu = lazily(() => import("./row-menu").then((there) => there.RowMenu));
const RestoreMany = lazily(() => import("./restore-many").then((there) => there.RestoreMany));
const route = getRouteApi("/frame/emulators");
const itself = (value: string) => ({ value, label: value });
const HEIGHTS = { compact: 28, normal: 34, roomy: 42 } as const;

/** The fleet. */
export function EmulatorsPage() {
  const { t } = useTranslation("emulators");
  const { q = "", sort, open, batch } = route.useSearch();
  const navigate = route.useNavigate();
  const may = useMay("operator");
  const say = useSay();
  const known = useKnown();
  const { order, error, waiting } = useFleetView(q, sort);
  const size = useFleetSize();
  const failure = useStore(loadFailure);
  const [selection] = useState(() => new Store<Selection>(NOTHING));
  const [at] = useState(() => new Store<string | null>(null));
  const [menu, setMenu] = useState<MenuAt | null>(null);
  const [creating, setCreating] = useState(false);
  const heads = useMemo(() => COLUMNS.map(({ id, hidden }) => ({ id, head: t(`columns.${id}`), ...(hidden ? { hidden } : {}) })), [t]);
  const [hidden, setHidden, density, setDensity] = useHidden("emulators", heads);
  const columns = useMemo(() => COLUMNS.filter(({ id }) => hidden[id] !== false), [hidden]);
  const fields = useMemo(() => completable(known.tags, known.sites, known.workstations), [known]);

  const setFilter = useCallback((filter: string) => void navigate({ search: (now) => ({ ...now, q: filter || undefined }) as typeof now, replace: true }), [navigate]);
  const setSort = useCallback((next: string | undefined) => void navigate({ search: (now) => ({ ...now, sort: next }) as typeof now, replace: true }), [navigate]);
  const show = useCallback((what: { open?: string | undefined; batch?: string | undefined }) => void navigate({ search: (now) => ({ ...now, open: undefined, batch: undefined, ...what }) as typeof now, replace: true }), [navigate]);
  const showBatch = useCallback((id: string) => show({ batch: id }), [show]);
  const setOpen = useCallback((id: string | undefined) => show({ open: id }), [show]);
  const { ask, asked, close } = useAsking(showBatch);
  const act = useCallback((verb: "launch" | "quit", id: string) => ask({ verb, ids: [id] }), [ask]);

  function toCsv() {
    download("emulators.csv", csv(columns.map(({ id }) => t(`columns.${id}`)), csvRows(columns, order.ids.get())));
  }

  if (size === null && failure !== null) return <Page><ProblemNote error={failure} /></Page>;
  const severalRestores = asked?.verb === "restore" && asked.ids.length > 1;
  const beside = open !== undefined || batch !== undefined;
  const facet = (field: string) => ({ values: valuesOf(q, field), onChange: (values: string[]) => setFilter(withField(q, field, values)) });
  return (
    <Page
      bar={<StatusTabs filter={q} onFilter={setFilter} />}
      actions={
        <span className={styles.buttons} style={{ flexWrap: "nowrap" }}>
          <SavedViews page="emulators" narrow={beside} filter={q} sort={sort ?? ""} onShow={(view) => void navigate({ search: { ...(view.filter ? { q: view.filter } : {}), ...(view.sort ? { sort: view.sort } : {}) } })} />
          {may && <Button leftSection={<Plus size={15} />} aria-label={t("create.new")} onClick={() => setCreating(true)}>{beside ? t("create.short") : t("create.new")}</Button>}
        </span>
      }
    >
      <div style={{ display: "flex", gap: 8, flexWrap: "wrap", alignItems: "flex-start" }}>
        <FilterBox value={q} onChange={setFilter} fields={fields} placeholder={t("filterHint")} error={error} />
        <Facet label={t("chips.tag")} {...facet("tag")} options={known.tags.map(itself)} />
        <Facet label={t("columns.workstation")} {...facet("ws")} options={known.workstations.map(itself)} />
        {known.sites.length > 1 && <Facet label={t("columns.site")} {...facet("site")} options={known.sites.map(itself)} />}
        <Facet label={t("columns.android")} {...facet("android")} options={(["ready", "booting", "frozen", "off"] as const).map((value) => ({ value, label: say.android(value) }))} />
      </div>
      <section className={`card ${styles.card}`} aria-label={t("fleet")}>
        <FleetGrid order={order} columns={columns} rowHeight={HEIGHTS[density]} say={say} sort={sort} onSort={setSort} selection={selection} at={at} open={open} onOpen={setOpen} onAct={act} onMenu={setMenu} may={may} loading={size === null || waiting} empty={error ? <ProblemNote error={error} /> : <FleetEmpty onClear={() => setFilter("")} />} />
        {may && <Bulk selection={selection} order={order} tags={known.tags} onAsk={(verb, ids) => ask({ verb, ids })} />}
        <FleetFoot order={order} may={may} tools={{ columns: heads, hidden, onHidden: setHidden, density, onDensity: setDensity, onCsv: toCsv }} />
      </section>
      {batch !== undefined && <BatchPanel key={batch} id={batch} onBatch={showBatch} onOpen={setOpen} onClose={() => show({})} />}
      {open !== undefined && <DetailPanel key={open} id={open} onAsk={ask} onClose={() => setOpen(undefined)} />}
      {menu && <RowMenu at={menu} onAsk={ask} onClose={() => setMenu(null)} />}
      {asked && !severalRestores && <AskDialog asked={asked} onBatch={showBatch} onClose={close} onAsked={() => selection.set(NOTHING)} />}
      {asked && severalRestores && <RestoreMany ids={asked.ids} onClose={close} onAsked={() => { selection.set(NOTHING); close(); }} />}
      {may && creating && <CreateDialog tags={known.tags} onClose={() => setCreating(false)} />}
    </Page>
  );
}

/** What can be done with the selection; its targets are frozen when something is asked. */
function Bulk({ selection, order, tags, onAsk }: { selection: Store<Selection>; order: FleetOrder; tags: readonly string[]; onAsk: (verb: Verb, ids: readonly string[]) => void }) {
  const now = useStore(selection);
  const ids = useStore(order.ids);
  const [note, setNote] = useState<{ note: Note; ids: readonly string[] } | null>(null);
  const chosen = () => (now.all ? ids.filter((id) => holds(now, id)) : [...now.ids]);
  const number = now.all ? ids.length - now.except.size : now.ids.size;
  return (
    <>
      {!isNothing(now) && number > 0 && (
        <BulkBar selection={now} total={ids.length} onSelection={selection.set}>
          <BulkVerbs number={number} onAsk={(verb) => onAsk(verb, chosen())} onNote={(which) => setNote({ note: which, ids: chosen() })} />
        </BulkBar>
      )}
      {note && <AnnotateDialog note={note.note} ids={note.ids} tags={tags} onClose={() => setNote(null)} />}
    </>
  );
}
