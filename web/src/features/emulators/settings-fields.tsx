import { Autocomplete, Select, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { CORES, DEVICE_IDS, type Draft, FIELDS, FLAGS, MEMORIES, type SettingField, missingOf } from "./settings";
import styles from "./emulators.module.css";

interface Props {
  known: Draft;
  draft: Draft;
  errors: Readonly<Record<string, string>>;
  onDraft: (draft: Draft) => void;
}

const OFFERED: Partial<Record<SettingField, readonly string[]>> = { cpu: CORES, memory_mib: MEMORIES };

/** The 14 parameters of `modify`; what is left empty stays as it is. */
export function SettingsFields({ known, draft, errors, onDraft }: Props) {
  const { t } = useTranslation("emulators");
  const missing = missingOf(known, draft);

  function field(name: SettingField) {
    const set = (value: string | null) => onDraft({ ...draft, [name]: value ?? "" });
    const error = errors[name] ?? (missing.includes(name) ? t("settings.wholeScreen") : undefined);
    const common = { label: t(`settings.fields.${name}`), placeholder: known[name] === "" ? t("settings.asItIs") : known[name], ...(error ? { error } : {}) };
    if (FLAGS.has(name)) return <Select key={name} {...common} value={draft[name] || null} onChange={set} clearable clearButtonProps={{ "aria-label": t("settings.asItIs") }} data={[{ value: "yes", label: t("yes") }, { value: "no", label: t("no") }]} />;
    const offered = DEVICE_IDS.has(name) ? ["auto"] : OFFERED[name];
    if (offered) return <Autocomplete key={name} {...common} size="sm" value={draft[name]} onChange={set} data={[...offered]} filter={({ options }) => options} spellCheck={false} />;
    return <TextInput key={name} {...common} value={draft[name]} onChange={(event) => set(event.currentTarget.value)} autoComplete="off" spellCheck={false} inputMode={name === "width" || name === "height" || name === "dpi" ? "numeric" : "text"} />;
  }

  return <div className={styles.fields}>{FIELDS.map(field)}</div>;
}
