import { Button } from "@mantine/core";
import { ShieldCheck } from "lucide-react";
import { useTranslation } from "react-i18next";
import { lasting } from "@/lib/time";
import type { Look } from "@/lib/states";
import { StateShape } from "@/ui/state-shape";
import { shownBy } from "./description";
import type { Report, Stage } from "./requests";
import styles from "./ladder.module.css";

const PASSED: Look = { shape: "check", tone: "good" };
const FAILED: Look = { shape: "alert", tone: "bad" };
const UNREACHED: Look = { shape: "ring", tone: "calm" };

interface Props {
  report: Report;
  /** Trusts what the PC showed: offered where the test stopped for that. */
  onPin?: (field: "certificate_sha256" | "host_key_sha256", fingerprint: string) => void;
}

/** A connection test, rung by rung: what passed, where it stopped, and how to mend that. */
export function Ladder({ report, onPin }: Props) {
  const { t } = useTranslation("workstations");
  return (
    <>
      <p className={report.connected ? styles.good : styles.bad} role="status">
        {report.connected ? t("test.connected", { ms: Math.round(report.response_time_ms) }) : t("test.failed")}
      </p>
      <ol className={styles.ladder} aria-label={t("test.title")}>
        {report.stages.map((stage) => <Rung key={stage.name} stage={stage} onPin={onPin} />)}
      </ol>
    </>
  );
}

function Rung({ stage, onPin }: { stage: Stage; onPin: Props["onPin"] }) {
  const { t, i18n } = useTranslation("workstations");
  const { t: code } = useTranslation("codes");
  const look = stage.ok === null ? UNREACHED : stage.ok ? PASSED : FAILED;
  const shown = stage.ok === false ? shownBy(stage) : null;
  const hint = stage.code ? code(`${stage.code}.hint` as "unreachable.hint", { defaultValue: stage.hint ?? "" }) : stage.hint;
  return (
    <li data-ok={String(stage.ok)}>
      <span style={{ color: `var(--${look.tone})`, display: "inline-flex" }}><StateShape shape={look.shape} /></span>
      <div>
        <b>{t(`test.stages.${stage.name}` as "test.title", { defaultValue: stage.name })}</b>
        {stage.ok === null ? <span className="faint"> {t("test.unreached")}</span> : <span className="number faint"> {lasting(stage.took_s, i18n.language)}</span>}
        {stage.detail && <p className={stage.ok === false ? styles.bad : "dim"}>{stage.detail}</p>}
        {stage.ok === false && hint && <p className="dim">{hint}</p>}
        {shown && onPin && (
          <div className={styles.pin}>
            <p>{t("test.compare")}</p>
            <code>{shown.fingerprint}</code>
            <Button leftSection={<ShieldCheck size={14} />} onClick={() => onPin(shown.field, shown.fingerprint)}>{t("test.pin")}</Button>
          </div>
        )}
      </div>
    </li>
  );
}
