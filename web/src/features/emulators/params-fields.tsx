import { Checkbox, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { SettingsFields } from "./settings-fields";
import { UNTOUCHED, settingsOf } from "./settings";
import type { Given, Wants } from "./verbs";

interface Props {
  wants: Wants;
  given: Given;
  onGiven: (given: Given) => void;
}

/** What a verb wants to know. */
export function ParamsFields({ wants, given, onGiven }: Props) {
  const { t } = useTranslation("emulators");
  const text = (name: "package" | "file" | "name", focus = false) => (
    <TextInput label={t(`params.${name}`)} description={t(`params.${name}Text`)} value={given[name]} onChange={(event) => onGiven({ ...given, [name]: event.currentTarget.value })} autoComplete="off" spellCheck={false} data-autofocus={focus || undefined} />
  );
  const flag = (name: "newIds" | "stopSource") => <Checkbox label={t(`params.${name}`)} checked={given[name]} onChange={(event) => onGiven({ ...given, [name]: event.currentTarget.checked })} />;
  switch (wants) {
    case null:
      return null;
    case "package":
      return text("package", true);
    case "app":
      return <>{text("package", true)}{text("file")}</>;
    case "name":
      return text("name", true);
    case "clone":
      return <>{text("name", true)}{flag("newIds")}{flag("stopSource")}</>;
    case "backup-file":
      return <TextInput label={t("params.backupFile")} description={t("params.backupFileText")} value={given.file} onChange={(event) => onGiven({ ...given, file: event.currentTarget.value })} autoComplete="off" spellCheck={false} />;
    case "settings":
      return <ManySettings onGiven={(settings) => onGiven({ ...given, settings })} />;
  }
}

/** Of many: nothing is filled in, and what is left empty stays as it is on each. */
function ManySettings({ onGiven }: { onGiven: (settings: Given["settings"]) => void }) {
  const { t } = useTranslation("emulators");
  const [draft, setDraft] = useState(UNTOUCHED);
  return (
    <div style={{ display: "grid", gap: 10 }}>
      <p className="dim" style={{ margin: 0 }}>{t("settings.leaveEmpty")} {t("settings.nextStart")}</p>
      <SettingsFields
        known={UNTOUCHED}
        draft={draft}
        errors={{}}
        onDraft={(next) => {
          setDraft(next);
          onGiven(settingsOf(UNTOUCHED, next));
        }}
      />
    </div>
  );
}
