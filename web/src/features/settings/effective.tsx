import { TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemNote } from "@/ui/problem-note";
import { Section } from "@/ui/section";
import { type Setting, settingsQuery } from "./requests";
import styles from "./settings.module.css";

/** What the server was started with: read only, since it comes from its environment. Secrets are masked by the server. */
export function Effective() {
  const { t } = useTranslation("settings");
  const { data, error, refetch } = useQuery(settingsQuery);
  const [wanted, setWanted] = useState("");
  const words = wanted.trim().toLowerCase();
  const shown = data?.items.filter((each) => `${each.name} ${each.about}`.toLowerCase().includes(words)) ?? [];
  return (
    <Section title={t("effective")} actions={<span className="dim">{t("effectiveText")}</span>} flush>
      {error && <ProblemNote error={error} onRetry={() => void refetch()} />}
      <div className={styles.filter}>
        <TextInput aria-label={t("find")} placeholder={t("find")} value={wanted} onChange={(event) => setWanted(event.currentTarget.value)} data-filter />
      </div>
      <table className={styles.table}>
        <thead>
          <tr>
            <th>{t("variable")}</th>
            <th>{t("value")}</th>
          </tr>
        </thead>
        <tbody>{shown.map((each) => <Row key={each.name} setting={each} />)}</tbody>
      </table>
    </Section>
  );
}

function Row({ setting: { name, value, given, about } }: { setting: Setting }) {
  const { t } = useTranslation("settings");
  return (
    <tr>
      <td>
        <code>{name}</code>
        <div className={styles.about}>{about.split("`").map((piece, at) => (at % 2 === 1 ? <code key={piece}>{piece}</code> : piece))}</div>
      </td>
      <td>
        {value === null ? <span className="faint">–</span> : <code className={given ? styles.given : ""}>{String(value)}</code>}
        {!given && value !== null && <span className="faint"> {t("default")}</span>}
      </td>
    </tr>
  );
}
