import { Button, Checkbox, Popover, Stack, TextInput } from "@mantine/core";
import { ChevronDown } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

const SEARCHED = 9; // from so many on
const SHOWN = 100;

interface Props {
  label: string;
  options: readonly { value: string; label: string }[];
  values: readonly string[];
  onChange: (values: string[]) => void;
}

/** One field of a filter by mouse: any of the chosen values. */
export function Facet({ label, options, values, onChange }: Props) {
  const { t } = useTranslation("ui");
  const [wanted, setWanted] = useState("");
  const shown = options.filter((each) => each.label.toLowerCase().includes(wanted.trim().toLowerCase())).slice(0, SHOWN);
  const chosen = options.filter((each) => values.includes(each.value)).map((each) => each.label);
  const told = chosen.length === 0 ? label : `${label}: ${chosen.length > 1 ? chosen.length : chosen[0]}`;
  return (
    <Popover position="bottom-start" withinPortal trapFocus onClose={() => setWanted("")}>
      <Popover.Target>
        <Button variant="default" rightSection={<ChevronDown size={13} aria-hidden />} styles={chosen.length > 0 ? { root: { borderColor: "var(--accent)", color: "var(--accent-text)" } } : {}}>
          {told}
        </Button>
      </Popover.Target>
      <Popover.Dropdown p={10} aria-label={label}>
        <Stack gap={8}>
          {options.length >= SEARCHED && <TextInput size="xs" aria-label={t("filter")} placeholder={t("filter")} value={wanted} onChange={(event) => setWanted(event.currentTarget.value)} />}
          <Stack gap={7} mah={300} style={{ overflowY: "auto" }}>
            {shown.map(({ value, label }) => (
              <Checkbox key={value} label={label} checked={values.includes(value)} onChange={(event) => onChange(event.currentTarget.checked ? [...values, value] : values.filter((each) => each !== value))} />
            ))}
            {options.length === 0 && <span className="dim">{t("none")}</span>}
          </Stack>
          {values.length > 0 && <Button variant="subtle" onClick={() => onChange([])}>{t("clear")}</Button>}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
