import { useTranslation } from "react-i18next";
import type { Schema } from "@/api/types";
import { differences } from "@/lib/difference";
import { Moment } from "@/ui/freshness";
import { KeyValue } from "@/ui/key-value";
import { SidePanel } from "@/ui/side-panel";
import styles from "./audit.module.css";
import { Result } from "./result";

/** One entry whole, with what the change changed. */
export function EntryPanel({ entry, onClose }: { entry: Schema<"AuditEntryOut">; onClose: () => void }) {
  const { t } = useTranslation("audit");
  const changes = differences(entry.before, entry.after);
  return (
    <SidePanel title={entry.action} onClose={onClose}>
      <div className={styles.panel}>
        <KeyValue
          facts={[
            [t("result"), <Result key="result" of={entry} />],
            entry.code ? [t("code"), <a key="code" href={`/problems/${entry.code}`} target="_blank" rel="noreferrer"><code>{entry.code}</code></a>] : null,
            [t("who"), entry.actor],
            [t("target"), entry.subject_name ?? entry.subject],
            entry.subject ? [t("targetId"), <code key="id">{entry.subject}</code>] : null,
            [t("when"), <Moment key="at" at={entry.at} />],
            [t("address"), entry.address],
            [t("source"), entry.source],
            entry.reason ? [t("reason"), entry.reason] : null,
            entry.correlation_id ? [t("correlation"), <code key="correlation">{entry.correlation_id}</code>] : null,
            [t("number"), String(entry.seq)],
          ]}
        />
        {changes.length > 0 && (
          <table className={styles.changes}>
            <thead>
              <tr>
                <th>{t("field")}</th>
                <th>{t("before")}</th>
                <th>{t("after")}</th>
              </tr>
            </thead>
            <tbody>
              {changes.map(({ field, before, after }) => (
                <tr key={field}>
                  <td>{field}</td>
                  <td>{before === null ? <span className="faint">–</span> : <del>{before}</del>}</td>
                  <td>{after === null ? <span className="faint">–</span> : <ins>{after}</ins>}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </div>
    </SidePanel>
  );
}
