import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Problem, acknowledge, problemQuery } from "@/api/problems";
import { keys } from "@/api/queries";
import { useMay } from "@/api/session";
import { evidenceOf } from "@/lib/evidence";
import { Freshness, Moment } from "@/ui/freshness";
import { KeyValue } from "@/ui/key-value";
import { ProblemNote } from "@/ui/problem-note";
import { SidePanel } from "@/ui/side-panel";
import { AcknowledgeDialog } from "./acknowledge-dialog";
import { evidenceWords } from "./evidence-words";
import { Kind } from "./kind";
import { Remedy } from "./remedy";
import styles from "./problems.module.css";
import { SubjectLink } from "./subject";

/** A problem with all that was seen, what mends it, and who looks after it. */
export function ProblemPanel({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation("problems");
  const { data, error, refetch } = useQuery(problemQuery(id));
  return (
    <SidePanel title={data ? t(`kinds.${data.kind}`) : t("title")} onClose={onClose}>
      {error && <ProblemNote error={error} onRetry={() => void refetch()} />}
      {data && <Told of={data} />}
    </SidePanel>
  );
}

function Told({ of }: { of: Problem }) {
  const { t, i18n } = useTranslation("problems");
  const evidence = evidenceOf(of.evidence);
  const words = evidenceWords(of.evidence, t, i18n.language);
  return (
    <div className={styles.panel}>
      <Kind of={of} />
      <KeyValue
        facts={[
          [t("where"), <SubjectLink key="where" of={of} />],
          [t("since"), <Moment key="since" at={of.since} />],
          [t("seen"), <Freshness key="seen" at={of.seen_at} />],
          of.ended_at ? [t("ended"), <Moment key="ended" at={of.ended_at} />] : null,
          evidence.is === "reason" && evidence.lastSeen ? [t("lastSeen"), <Freshness key="last" at={evidence.lastSeen} />] : null,
          evidence.is === "reason" && evidence.code ? [t("code"), <a key="code" href={`/problems/${evidence.code}`} target="_blank" rel="noreferrer"><code>{evidence.code}</code></a>] : null,
        ]}
      />
      {words && (
        <section>
          <h3 className={styles.heading}>{t("evidence")}</h3>
          {evidence.is === "emulators" ? <Named emulators={evidence.named} count={evidence.count} /> : <p>{words}</p>}
        </section>
      )}
      {of.ended_at === null && <Remedy of={of} />}
      <Attended of={of} />
    </div>
  );
}

function Named({ emulators, count }: { emulators: readonly { id: string; name: string }[]; count: number }) {
  const { t } = useTranslation("problems");
  const more = count - emulators.length;
  return (
    <ul className={styles.names}>
      {emulators.map((each) => (
        <li key={each.id}><Link to={`/emulators/${each.id}` as string}>{each.name}</Link></li>
      ))}
      {more > 0 && <li className="dim">{t("more", { count: more, formatted: String(more) })}</li>}
    </ul>
  );
}

/** Who looks after it; or the offer to do so. */
function Attended({ of }: { of: Problem }) {
  const { t } = useTranslation("problems");
  const may = useMay("operator");
  const queries = useQueryClient();
  const [asking, setAsking] = useState(false);
  const send = useMutation({
    mutationFn: (reason: string) => acknowledge(of.id, reason),
    onSuccess: () => setAsking(false),
    onSettled: () => queries.invalidateQueries({ queryKey: keys.all("problems") }),
  });
  return (
    <>
      {of.acknowledged && (
        <section>
          <h3 className={styles.heading}>{t("acknowledged")}</h3>
          <p>{of.acknowledged.reason}</p>
          <p className="dim">{of.acknowledged.by} · <Freshness at={of.acknowledged.at} /></p>
        </section>
      )}
      {may && of.ended_at === null && <Button variant="default" onClick={() => setAsking(true)}>{of.acknowledged ? t("acknowledgeAgain") : t("acknowledge")}</Button>}
      <AcknowledgeDialog opened={asking} name={`${t(`kinds.${of.kind}`)} · ${of.subject_name}`} pending={send.isPending} error={send.error} onSend={(reason) => send.mutate(reason)} onClose={() => setAsking(false)} />
    </>
  );
}
