import { Button, Checkbox, Popover, TextInput } from "@mantine/core";
import { ChevronDown } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { valuesOf, withField } from "@/lib/filter";
import styles from "./emulators.module.css";

const SHOWN = 100;
const SEARCHED = 8;

interface Props {
  field: string;
  label: string;
  options: readonly (readonly [value: string, label: string])[];
  filter: string;
  onFilter: (filter: string) => void;
}

/** A condition of the filter by mouse. */
export function Chip({ field, label, options, filter, onFilter }: Props) {
  const { t } = useTranslation("emulators");
  const [search, setSearch] = useState("");
  const chosen = valuesOf(filter, field);
  const wanted = search.trim().toLowerCase();
  const found = options.filter(([, word]) => word.toLowerCase().includes(wanted)).slice(0, SHOWN);
  const turn = (value: string, on: boolean) => onFilter(withField(filter, field, on ? [...chosen, value] : chosen.filter((each) => each !== value)));
  return (
    <Popover position="bottom-start" withinPortal trapFocus>
      <Popover.Target>
        <Button variant="default" className={styles.chip ?? ""} data-on={chosen.length > 0} rightSection={<ChevronDown size={14} />} px={11}>
          {chosen.length === 0 ? label : `${label}: ${chosen.length === 1 ? (options.find(([value]) => value === chosen[0])?.[1] ?? chosen[0]) : chosen.length}`}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        {options.length > SEARCHED && <TextInput mb={8} aria-label={t("search")} placeholder={t("search")} value={search} onChange={(event) => setSearch(event.currentTarget.value)} />}
        <div className={styles.options}>
          {found.map(([value, word]) => (
            <Checkbox key={value} label={word} checked={chosen.includes(value)} onChange={(event) => turn(value, event.currentTarget.checked)} />
          ))}
          {options.length === 0 && <span className="dim">{t("none")}</span>}
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
