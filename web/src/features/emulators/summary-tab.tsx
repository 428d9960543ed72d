import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, pageOf } from "@/api/client";
import { keys } from "@/api/queries";
import type { Emulator, Schema } from "@/api/types";
import { mebibytes } from "@/lib/amounts";
import { Freshness } from "@/ui/freshness";
import { KeyValue } from "@/ui/key-value";
import { ProblemNote } from "@/ui/problem-note";
import { AnnotateForm } from "./annotate-form";
import { configQuery } from "./asking";
import { Facts } from "./facts";
import { Recent } from "./recent";
import styles from "./emulators.module.css";

/** What it is, how old that is, and what is wrong with it. */
export function SummaryTab({ emulator }: { emulator: Emulator }) {
  const { t } = useTranslation("emulators");
  return (
    <>
      {emulator.trouble && <p className={styles.said} role="status">{emulator.trouble}</p>}
      <PlaceProblems workstationId={emulator.workstation_id} />
      <div className={styles.columns}>
        <section className={`card ${styles.box}`}>
          <h3 className={styles.cardHead}>{t("facts.now")}</h3>
          <Facts emulator={emulator} />
        </section>
        <section className={`card ${styles.box}`}>
          <h3 className={styles.cardHead}>{t("facts.configured")}</h3>
          <Config id={emulator.id} />
        </section>
        <section className={`card ${styles.box}`}>
          <h3 className={styles.cardHead}>{t("annotations")}</h3>
          <AnnotateForm key={emulator.id} emulator={emulator} />
        </section>
        <section className={`card ${styles.box}`}>
          <h3 className={styles.cardHead}>{t("recent")}</h3>
          <Recent id={emulator.id} />
        </section>
      </div>
    </>
  );
}

/** Its configuration as it was read last; the workstation is not asked for it. */
function Config({ id }: { id: string }) {
  const { t, i18n } = useTranslation("emulators");
  const { data, error } = useQuery(configQuery(id));
  if (error) return <ProblemNote error={error} />;
  if (!data) return <span className="dim">{t("loading")}</span>;
  const unknown = <span className="faint">{t("unknown")}</span>;
  const mono = (value: string | null) => (value === null ? unknown : <span className="mono">{value}</span>);
  return (
    <>
      {!data.read && <p className="dim" style={{ margin: 0 }}>{t("facts.notRead")}</p>}
      <KeyValue
        facts={[
          [t("facts.read"), <Freshness key="read" at={data.read_at} oldAfter={600} />],
          [t("columns.cpu"), data.cpu ?? unknown],
          [t("columns.memory"), data.memory_mib === null ? unknown : mebibytes(data.memory_mib, i18n.language)],
          [t("facts.screen"), data.screen ? <span key="screen" className="number">{`${data.screen.width}×${data.screen.height} · ${data.screen.dpi} dpi`}</span> : unknown],
          [t("facts.adbDebug"), data.adb_debug === null ? unknown : t(data.adb_debug === 0 ? "off" : "on")],
          [t("settings.fields.imei"), mono(data.device_ids.imei)],
          [t("settings.fields.android_id"), mono(data.device_ids.android_id)],
          [t("settings.fields.mac"), mono(data.device_ids.mac)],
        ]}
      />
    </>
  );
}

/** What is wrong with its workstation: that is what hinders it most often. */
function PlaceProblems({ workstationId }: { workstationId: string }) {
  const { data } = useQuery({ queryKey: keys.list("problems", { subject: workstationId }), queryFn: () => pageOf<Schema<"FarmProblemOut">>(api.GET("/api/problems", { params: { query: { subject: workstationId } } })) });
  return data?.items.map((problem) => (
    <p key={problem.id} className={styles.said} role="status">
      <b>{problem.subject_name}</b> · {problem.remedy}
    </p>
  ));
}
