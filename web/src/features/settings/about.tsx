import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { statusQuery } from "@/api/tasks";
import { Freshness, Moment } from "@/ui/freshness";
import { KeyValue } from "@/ui/key-value";
import { ProblemNote } from "@/ui/problem-note";
import { Section } from "@/ui/section";
import styles from "./settings.module.css";

/** Which server this is, and where it is explained. */
export function About() {
  const { t } = useTranslation("settings");
  const { t: app } = useTranslation();
  const { data, error } = useQuery(statusQuery);
  return (
    <Section title={t("about")}>
      {error && <ProblemNote error={error} />}
      {data && (
        <KeyValue
          facts={[
            ["ldfleet", <b key="version" className="number">{data.version}</b>],
            [t("schema"), data.schema_revision ?? "–"],
            [t("started"), <Moment key="started" at={data.started_at} />],
            [t("running"), <Freshness key="running" at={data.started_at} />],
          ]}
        />
      )}
      <div className={styles.links}>
        <a href="/docs" target="_blank" rel="noreferrer">{app("documentation")}</a>
        <a href="/problems" target="_blank" rel="noreferrer">{app("problemPages")}</a>
      </div>
    </Section>
  );
}
