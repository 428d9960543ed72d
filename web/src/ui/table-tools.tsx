import { ActionIcon, Button, Checkbox, Popover, SegmentedControl, Stack, Tooltip } from "@mantine/core";
import { Columns3, Download } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { keep, kept } from "@/lib/kept";
import { Store } from "@/lib/store";
import styles from "@/ui/data-table.module.css";

export type Density = "compact" | "normal" | "roomy";
type Hidden = Record<string, boolean>;

interface Choosable {
  id: string;
  head: string;
  hidden?: boolean;
}

/** The row height of all tables. */
export const density = new Store<Density>(kept<Density>("density", "normal"));
density.subscribe(() => keep("density", density.get()));

/** Which columns are hidden (`false`: it is), kept by the table's name; and the row height, kept for all. */
export function useHidden(name: string, columns: readonly Choosable[]): [Hidden, (hidden: Hidden) => void, Density, (density: Density) => void] {
  const usual = Object.fromEntries(columns.map((column) => [column.id, !column.hidden]));
  const [hidden, setHidden] = useState<Hidden>(() => ({ ...usual, ...kept<Hidden>(`columns-${name}`, {}) }));
  const [now, setNow] = useState(density.get);
  useEffect(() => density.subscribe(() => setNow(density.get())), []);
  useEffect(() => {
    document.documentElement.dataset.density = now;
  }, [now]);
  function choose(chosen: Hidden) {
    keep(`columns-${name}`, chosen);
    setHidden({ ...usual, ...chosen });
  }
  return [hidden, choose, now, density.set];
}

interface Props {
  columns: readonly Choosable[];
  hidden: Hidden;
  onHidden: (hidden: Hidden) => void;
  density: Density;
  onDensity: (density: Density) => void;
  onCsv?: () => void;
}

/** Columns, row height, CSV: in the foot of every table. */
export function TableTools({ columns, hidden, onHidden, density, onDensity, onCsv }: Props) {
  const { t } = useTranslation("ui");
  return (
    <div className={styles.tools}>
      <Popover position="top-end" withinPortal>
        <Popover.Target>
          <ActionIcon aria-label={t("columns")} size={26}>
            <Columns3 size={15} />
          </ActionIcon>
        </Popover.Target>
        <Popover.Dropdown>
          <Stack gap={8}>
            {columns.map((column) => (
              <Checkbox key={column.id} label={column.head} checked={hidden[column.id] !== false} onChange={(event) => onHidden({ ...hidden, [column.id]: event.currentTarget.checked })} />
            ))}
            <SegmentedControl size="xs" aria-label={t("density")} value={density} onChange={(value) => onDensity(value as Density)} data={(["compact", "normal", "roomy"] as const).map((value) => ({ value, label: t(value) }))} />
            <Button variant="subtle" onClick={() => onHidden({})}>{t("resetColumns")}</Button>
          </Stack>
        </Popover.Dropdown>
      </Popover>
      {onCsv && (
        <Tooltip label={t("csv")}>
          <ActionIcon aria-label={t("csv")} size={26} onClick={onCsv}>
            <Download size={15} />
          </ActionIcon>
        </Tooltip>
      )}
    </div>
  );
}
