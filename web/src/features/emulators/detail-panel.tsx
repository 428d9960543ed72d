import { Link } from "@tanstack/react-router";
import { useQuery } from "@tanstack/react-query";
import { ExternalLink } from "lucide-react";
import { useTranslation } from "react-i18next";
import { ProblemNote } from "@/ui/problem-note";
import { SidePanel } from "@/ui/side-panel";
import { Actions } from "./actions";
import { emulatorQuery } from "./asking";
import { Configured, Facts } from "./facts";
import { Recent } from "./recent";
import { Tags } from "./tags";
import styles from "./emulators.module.css";
import type { Asked } from "./use-asking";

interface Props {
  id: string;
  onAsk: (asked: Asked) => void;
  onClose: () => void;
}

/** An emulator beside the fleet: what it is, what can be done, what was done. */
export function DetailPanel({ id, onAsk, onClose }: Props) {
  const { t } = useTranslation("emulators");
  const asked = useQuery(emulatorQuery(id));
  const emulator = asked.data;
  const whole = (
    <Link to="/emulators/$emulatorId" params={{ emulatorId: id }} aria-label={t("wholePage")} title={t("wholePage")} style={{ padding: 6, display: "grid" }}>
      <ExternalLink size={15} aria-hidden />
    </Link>
  );
  return (
    <SidePanel title={emulator?.name ?? "…"} actions={whole} onClose={onClose}>
      {asked.error && <ProblemNote error={asked.error} onRetry={() => void asked.refetch()} />}
      {emulator && (
        <>
          <div className={styles.below}><Actions emulator={emulator} onAsk={onAsk} /></div>
          {emulator.trouble && <p className={styles.said}>{emulator.trouble}</p>}
          <Facts emulator={emulator} />
          <section className={styles.section}>
            <h3>{t("facts.configured")}</h3>
            <Configured emulator={emulator} />
          </section>
          {(emulator.tags.length > 0 || emulator.notes) && (
            <section className={styles.section}>
              <h3>{t("columns.tags")}</h3>
              <Tags tags={emulator.tags} />
              {emulator.notes && <p className="dim" style={{ margin: 0, whiteSpace: "pre-wrap" }}>{emulator.notes}</p>}
            </section>
          )}
          <section className={styles.section}>
            <h3>{t("recent")}</h3>
            <Recent id={id} />
          </section>
        </>
      )}
    </SidePanel>
  );
}
