import { useTranslation } from "react-i18next";
import type { Look } from "@/lib/states";
import { StateShape } from "@/ui/state-shape";
import { type Schedule, saidOf } from "./plan";
import styles from "./schedules.module.css";

const ON: Look = { shape: "dot", tone: "good" };
const OFF: Look = { shape: "ring", tone: "calm" };

export function OnOff({ enabled }: { enabled: boolean }) {
  const { t } = useTranslation("schedules");
  const look = enabled ? ON : OFF;
  return (
    <span className={styles.onOff} style={{ color: `var(--${look.tone})` }}>
      <StateShape shape={look.shape} />
      {t(enabled ? "enabled" : "disabled")}
    </span>
  );
}

/** When it comes, in words where that is simple, else as cron. */
export function When({ of }: { of: Pick<Schedule, "cron" | "zone"> }) {
  const { t } = useTranslation("schedules");
  const { kind, at } = saidOf(of.cron);
  return (
    <span title={`${of.cron} · ${of.zone}`}>
      {kind === "other" ? <code>{of.cron}</code> : t(`said.${kind}`, { at })} <span className="faint">{of.zone}</span>
    </span>
  );
}

/** On which emulators or workstations it is. */
export function OnWhich({ of }: { of: Pick<Schedule, "filter" | "ids" | "all"> }) {
  const { t } = useTranslation("schedules");
  if (of.all) return <>{t("onAll")}</>;
  if (of.filter === null) return <>{t("onIds", { count: of.ids.length, formatted: of.ids.length })}</>;
  return <code>{of.filter}</code>;
}
