import { useTranslation } from "react-i18next";
import type { Schema } from "@/api/types";
import { count } from "@/lib/amounts";
import { lasting } from "@/lib/time";
import type { Verb } from "./verbs";
import styles from "./emulators.module.css";

const SHOWN = 3;

/** The true effect of what is asked: how many, where, what is left alone and why, how long. */
export function PlanNote({ verb, plan, pending }: { verb: Verb; plan: Schema<"PlanOut"> | undefined; pending: boolean }) {
  const { t, i18n } = useTranslation("emulators");
  if (plan === undefined) return <p className="dim" role="status">{pending ? t("plan.making") : ""}</p>;
  const number = (value: number) => ({ count: value, formatted: count(value, i18n.language) });
  const taken = plan.targets.filter((target) => target.failure === null);
  const waiting = taken.filter((target) => target.waiting_for !== null).length;
  const effect = (["quit", "reboot", "remove", "restore", "modify", "kill", "uninstall"] as const).find((each) => each === verb);
  const running = taken.length;
  return (
    <div role="status" className="dim" style={{ display: "grid", gap: 8 }}>
      <span>
        {t("plan.asked", number(running))} {t("plan.places", number(new Set(taken.map((target) => target.workstation_id)).size))}
        {plan.estimate_s !== null && running > 0 && <> {t("plan.estimate", { time: lasting(plan.estimate_s, i18n.language) })}</>}
        {plan.waves.length > 1 && <> {t("plan.waves", { ...number(plan.waves.length), sizes: plan.waves.map((size) => count(size, i18n.language)).join(" · ") })}</>}
      </span>
      {effect && running > 0 && <span>{t(`effects.${effect}`)}</span>}
      {waiting > 0 && waiting < running && <span>{t("plan.waiting", number(waiting))}</span>}
      {plan.refused > 0 && <LeftAlone plan={plan} />}
    </div>
  );
}

/** What is not asked, by why. */
function LeftAlone({ plan }: { plan: Schema<"PlanOut"> }) {
  const { t, i18n } = useTranslation("emulators");
  const { t: code } = useTranslation("codes");
  const why = new Map<string, { title: string; names: string[] }>();
  for (const { name, failure } of plan.targets) {
    if (failure === null) continue;
    const known = why.get(failure.code) ?? { title: failure.title, names: [] };
    known.names.push(name);
    why.set(failure.code, known);
  }
  return (
    <div className={styles.said}>
      {t("plan.left", { count: plan.refused, formatted: count(plan.refused, i18n.language) })}
      <ul style={{ margin: "4px 0 0", paddingLeft: 18 }}>
        {[...why].map(([each, { title, names }]) => (
          <li key={each}>
            {code(`${each}.title` as "unreachable.title", { defaultValue: title })}: {names.slice(0, SHOWN).join(", ")}
            {names.length > SHOWN && ` ${t("plan.more", { count: names.length - SHOWN, formatted: count(names.length - SHOWN, i18n.language) })}`}
          </li>
        ))}
      </ul>
    </div>
  );
}
