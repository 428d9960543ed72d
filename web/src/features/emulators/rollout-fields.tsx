import { TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Rollout } from "./verbs";
import styles from "./emulators.module.css";

/** In waves, with pauses, and with a stop when too many fail. */
export function RolloutFields({ value, onChange }: { value: Rollout; onChange: (value: Rollout) => void }) {
  const { t } = useTranslation("emulators");
  const [shown, setShown] = useState(false);
  if (!shown) return <span><button type="button" className={styles.link} onClick={() => setShown(true)}>{t("rollout.show")}</button></span>;
  const field = (name: keyof Rollout, placeholder: string) => (
    <TextInput label={t(`rollout.${name}`)} placeholder={placeholder} value={value[name]} onChange={(event) => onChange({ ...value, [name]: event.currentTarget.value })} autoComplete="off" />
  );
  return (
    <fieldset style={{ border: 0, padding: 0, margin: 0 }}>
      <div className={styles.fields} style={{ gridTemplateColumns: "repeat(3, 1fr)" }}>
        {field("waves", "1, 5, 25%")}
        {field("pauseSeconds", "60")}
        {field("stopOn", "10%")}
      </div>
    </fieldset>
  );
}
