import { useTranslation } from "react-i18next";
import { Link } from "@tanstack/react-router";
import { StateShape } from "@/ui/state-shape";
import { ActivityChart } from "./activity-chart";
import { Attention } from "./attention";
import { HeatMap } from "./heat-map";
import styles from "./overview.module.css";
import { RecentOperations } from "./recent-operations";
import { Tiles } from "./tiles";

/** The fleet at a glance, from the live store. */
export function OverviewPage() {
  const { t } = useTranslation("overview");
  return (
    <div className={styles.page}>
      <Tiles />
      <div className={styles.columns}>
        <Card title={t("activity")} beside={<Legend />}><ActivityChart /></Card>
        <Card title={t("attention")} beside={<Link to="/farm-problems">{t("seeAll")}</Link>}><Attention /></Card>
        <Card title={t("workstations")} beside={<span className="dim">{t("heatLegend")}</span>}><HeatMap /></Card>
        <Card title={t("recent")} beside={<Link to="/operations">{t("seeAll")}</Link>}><RecentOperations /></Card>
      </div>
    </div>
  );
}

function Card({ title, beside, children }: { title: string; beside: React.ReactNode; children: React.ReactNode }) {
  return (
    <section className={`card ${styles.card}`} aria-label={title}>
      <header>
        <h2>{title}</h2>
        {beside}
      </header>
      {children}
    </section>
  );
}

function Legend() {
  const { t } = useTranslation("overview");
  const lines = [["dot", "good", "ready"], ["turning", "busy", "starting"], ["alert", "bad", "troubled"]] as const;
  return (
    <span className={styles.legend}>
      {lines.map(([shape, tone, name]) => (
        <span key={name}>
          <span style={{ color: `var(--${tone})`, display: "inline-flex" }}><StateShape shape={shape} /></span>
          {t(name)}
        </span>
      ))}
    </span>
  );
}
