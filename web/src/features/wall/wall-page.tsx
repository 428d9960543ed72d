import { Checkbox, SegmentedControl, TextInput } from "@mantine/core";
import { getRouteApi } from "@tanstack/react-router";
import { MonitorOff } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useMay } from "@/api/session";
import { count } from "@/lib/amounts";
import { fleet } from "@/live/fleet-store";
import { useFleetSize, useStore } from "@/live/use-fleet";
import { EmptyState } from "@/ui/empty-state";
import { useNow } from "@/ui/freshness";
import { Page } from "@/ui/page";
import { Card } from "./card";
import { SIZES, type Size, type WallSearch, search } from "./index";
import { shownOf } from "./walls";
import styles from "./wall.module.css";

const route = getRouteApi("/frame/wall");
const WIDTHS: Record<Size, number> = { s: 72, m: 108, l: 192 };

/** Every screen of the farm, a card a workstation; only what is in sight is asked for. */
export function WallPage() {
  const { t, i18n } = useTranslation("wall");
  const asked = route.useSearch();
  const navigate = route.useNavigate();
  const allowed = useMay("operator");
  const places = useStore(fleet.places);
  const size = useFleetSize();
  const now = useNow(1);
  const { q, troubled } = asked;
  const cards = useMemo(
    () => (places >= 0 && now > 0 ? shownOf(fleet.workstations(), (id) => fleet.countsOf(id), { ...(q ? { q } : {}), ...(troubled ? { troubled } : {}) }) : []),
    [places, now, q, troubled],
  );
  const show = (next: Record<keyof WallSearch, unknown>) => void navigate({ search: search(next), replace: true });
  const screens = cards.reduce((sum, each) => sum + each.total, 0);
  if (!allowed) return <Page><EmptyState icon={MonitorOff} title={t("mayNot")} /></Page>;
  return (
    <Page
      bar={
        <>
          <TextInput data-filter aria-label={t("filter")} placeholder={t("filter")} value={q ?? ""} onChange={(event) => show({ ...asked, troubled, size: asked.size, q: event.currentTarget.value })} />
          <Checkbox label={t("troubled")} checked={troubled ?? false} onChange={(event) => show({ q, size: asked.size, troubled: event.currentTarget.checked })} />
          <span className="dim number">{t("sum", { workstations: count(cards.length, i18n.language), screens: count(screens, i18n.language) })}</span>
        </>
      }
      actions={<SegmentedControl size="xs" aria-label={t("size")} value={asked.size ?? "m"} onChange={(value) => show({ q, troubled, size: value })} data={SIZES.map((value) => ({ value, label: t(`sizes.${value}`) }))} />}
    >
      {size !== null && cards.length === 0 && <EmptyState icon={MonitorOff} title={t(q || troubled ? "nothing" : "none")}>{t(q || troubled ? "nothingText" : "noneText")}</EmptyState>}
      <div className={styles.wall} style={{ "--tile": `${WIDTHS[asked.size ?? "m"]}px` } as React.CSSProperties}>
        {cards.map((each) => <Card key={each.workstation.id} {...each} />)}
      </div>
    </Page>
  );
}
