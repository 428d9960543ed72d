import { Button, FileButton, Group } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { Download, FileSpreadsheet, FlaskConical, Upload } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { keys } from "@/api/queries";
import type { Schema } from "@/api/types";
import { csv, download, parseCsv } from "@/lib/csv";
import { forEach } from "@/lib/each";
import { EmptyState } from "@/ui/empty-state";
import { Page } from "@/ui/page";
import { useTold } from "@/ui/problem-note";
import { Section } from "@/ui/section";
import { StateShape } from "@/ui/state-shape";
import { Trail } from "@/ui/trail";
import { CSV_COLUMNS, type Description, draftOf, fromCsv } from "./description";
import { type Report, addMany, testDraft } from "./requests";
import styles from "./import-page.module.css";

type Result =
  | { kind: "waiting" | "working" | "added" }
  | { kind: "tested"; report: Report }
  /** By the server, line by line; or because the line can't be read, or the request failed. */
  | { kind: "refused"; error: unknown; failure?: Schema<"Failure"> | null };
interface Line {
  number: number;
  name: string;
  host: string;
  /** Null: it can't be read. */
  description: Description | null;
  result: Result;
}

const AT_ONCE = 4;
const AT_MOST = 1000; // lines a request
const SAMPLE = [["pc-01", "10.0.0.5", "", "winrm", "yes", "negotiate", "farm", "", "4f:0a:…", "", "", "default", "qa;spare", ""]];

/** PCs from a CSV, one line each: tried out first, then added, with a result for each line. */
export function ImportPage() {
  const { t } = useTranslation("workstations");
  const queries = useQueryClient();
  const [lines, setLines] = useState<readonly Line[]>([]);
  const [unknown, setUnknown] = useState<readonly string[]>([]);
  const [busy, setBusy] = useState(false);

  async function read(file: File | null) {
    if (!file) return;
    const { head, rows } = parseCsv(await file.text());
    setUnknown(head.filter((name) => !(CSV_COLUMNS as readonly string[]).includes(name)));
    setLines(rows.map(lineOf));
  }

  const due = lines.filter((each): each is Line & { description: Description } => each.description !== null && each.result.kind !== "added");
  const tell = (number: number, result: Result) => setLines((now) => now.map((each) => (each.number === number ? { ...each, result } : each)));

  async function test() {
    setBusy(true);
    await forEach(due, async ({ number, description }) => {
      tell(number, { kind: "working" });
      const asked = testDraft(draftOf(description)).then((report): Result => ({ kind: "tested", report }));
      tell(number, await asked.catch((error: unknown): Result => ({ kind: "refused", error })));
    }, AT_ONCE);
    setBusy(false);
  }

  async function addAll() {
    setBusy(true);
    for (let from = 0; from < due.length; from += AT_MOST) {
      const some = due.slice(from, from + AT_MOST);
      for (const { number } of some) tell(number, { kind: "working" });
      try {
        const { rows } = await addMany(some.map(({ description }) => draftOf(description)));
        rows.forEach((row, at) => tell((some[at] as Line).number, row.status === "added" ? { kind: "added" } : { kind: "refused", error: null, failure: row.failure ?? null }));
      } catch (error) {
        for (const { number } of some) tell(number, { kind: "refused", error });
      }
    }
    setBusy(false);
    await queries.invalidateQueries({ queryKey: keys.all("workstations") });
  }

  const ready = due.length;
  return (
    <Page bar={<Trail to="/workstations" label={t("all")}>{t("import.title")}</Trail>}>
      <Section
        title={lines.length > 0 ? t("import.lines", { count: lines.length, formatted: lines.length }) : t("import.file")}
        flush
        actions={
          <Group gap={6}>
            <Button variant="default" leftSection={<Download size={14} />} onClick={() => download("workstations.csv", csv(CSV_COLUMNS, SAMPLE))}>{t("import.sample")}</Button>
            <FileButton accept=".csv,text/csv" onChange={(file) => void read(file)}>
              {(props) => <Button variant={lines.length > 0 ? "default" : "filled"} leftSection={<FileSpreadsheet size={14} />} {...props}>{t("import.choose")}</Button>}
            </FileButton>
            {lines.length > 0 && <Button variant="default" leftSection={<FlaskConical size={14} />} loading={busy} disabled={ready === 0} onClick={() => void test()}>{t("import.dryRun")}</Button>}
            {lines.length > 0 && <Button leftSection={<Upload size={14} />} loading={busy} disabled={ready === 0} onClick={() => void addAll()}>{t("import.add", { count: ready, formatted: ready })}</Button>}
          </Group>
        }
      >
        {unknown.length > 0 && <p className={styles.warn}>{t("import.unknown", { columns: unknown.join(", "), known: CSV_COLUMNS.join(", ") })}</p>}
        {lines.length === 0 ? (
          <EmptyState icon={FileSpreadsheet} title={t("import.empty")}>{t("import.text", { columns: CSV_COLUMNS.join(", ") })}</EmptyState>
        ) : (
          <table className={styles.lines}>
            <thead>
              <tr>
                <th>{t("import.line")}</th>
                <th>{t("name")}</th>
                <th>{t("address")}</th>
                <th>{t("import.result")}</th>
              </tr>
            </thead>
            <tbody>
              {lines.map((line) => (
                <tr key={line.number}>
                  <td className="number faint">{line.number}</td>
                  <td>{line.name}</td>
                  <td className="mono">{line.host}</td>
                  <td><ResultCell result={line.result} /></td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Section>
    </Page>
  );
}

function lineOf(row: Readonly<Record<string, string>>, at: number): Line {
  const about = { number: at + 2, name: row.name ?? "", host: row.host ?? "" };
  try {
    return { ...about, description: fromCsv(row), result: { kind: "waiting" } };
  } catch (error) {
    return { ...about, description: null, result: { kind: "refused", error } };
  }
}

function ResultCell({ result }: { result: Result }) {
  const { t } = useTranslation("workstations");
  if (result.kind === "refused") return <Refused {...result} />;
  if (result.kind === "added") return <Told tone="good" shape="check">{t("import.added")}</Told>;
  if (result.kind !== "tested") return <span className="faint">{t(`import.${result.kind}`)}</span>;
  const stopped = result.report.stages.find((stage) => stage.ok === false);
  if (stopped === undefined) return <Told tone="good" shape="check">{t("import.passed")}</Told>;
  return (
    <Told tone="bad" shape="alert">
      {t(`test.stages.${stopped.name}` as "test.title", { defaultValue: stopped.name })}: {stopped.detail} {stopped.hint && <span className="dim">{stopped.hint}</span>}
    </Told>
  );
}

function Told({ tone, shape, children }: { tone: "good" | "bad"; shape: "check" | "alert"; children: ReactNode }) {
  return (
    <span className={styles.told}>
      <span style={{ color: `var(--${tone})`, display: "inline-flex" }}><StateShape shape={shape} /></span>
      <span>{children}</span>
    </span>
  );
}

function Refused({ error, failure }: { error: unknown; failure?: Schema<"Failure"> | null }) {
  const fromError = useTold(error);
  const told = failure ?? fromError;
  return <Told tone="bad" shape="alert">{told.detail} {told.hint && told.code !== "page_failed" && <span className="dim">{told.hint}</span>}</Told>;
}
