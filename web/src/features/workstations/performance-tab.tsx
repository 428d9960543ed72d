import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schema } from "@/api/types";
import { bytes } from "@/lib/amounts";
import { lasting } from "@/lib/time";
import { Chips } from "@/ui/chips";
import { EmptyState } from "@/ui/empty-state";
import { Freshness } from "@/ui/freshness";
import { KeyValue } from "@/ui/key-value";
import { ProblemNote } from "@/ui/problem-note";
import { Column, Columns, Section } from "@/ui/section";
import { ChartLine } from "lucide-react";
import { TimeChart } from "./time-chart";
import { factsQuery, loadsQuery } from "./requests";
import type { TabProps } from "./workstation-page";

const HOURS = { "1": 1, "6": 6, "24": 24, "168": 168 } as const;
type Span = keyof typeof HOURS;
type Load = Schema<"LoadOut">;

/** How loaded it was, and what it is made of. */
export function PerformanceTab({ workstation: { id } }: TabProps) {
  const { t, i18n } = useTranslation("workstations");
  const [span, setSpan] = useState<Span>("1");
  const { data, error } = useQuery(loadsQuery(id, HOURS[span]));
  const items = data?.items;
  const times = useMemo(() => items?.map((each) => Date.parse(each.at) / 1000) ?? [], [items]);
  const percent = (value: number) => `${Math.round(value)}%`;
  const charts: { name: string; of: (load: Load) => number | null; told: (value: number) => string; most?: number; color: string }[] = [
    { name: t("cpu"), of: (each) => each.cpu_load, told: percent, most: 100, color: "--busy" },
    { name: t("memory"), of: memoryUsed, told: percent, most: 100, color: "--accent-text" },
    { name: t("running"), of: (each) => each.running, told: (value) => String(Math.round(value)), color: "--good" },
    { name: t("diskFree"), of: (each) => each.disk_free, told: (value) => bytes(value, i18n.language), color: "--warn" },
  ];
  return (
    <Columns>
      <Column>
        <Chips<Span> label={t("span")} value={span} onChange={setSpan} chips={(Object.keys(HOURS) as Span[]).map((value) => ({ value, label: lasting(HOURS[value] * 3600, i18n.language) }))} />
        {error && <ProblemNote error={error} />}
        {items?.length === 0 && <EmptyState icon={ChartLine} title={t("noLoads")}>{t("noLoadsText")}</EmptyState>}
        {items && items.length > 0 && charts.map(({ name, of, told, most, color }) => (
          <Section key={name} title={name} actions={<b className="number">{latest(items, of, told)}</b>}>
            <TimeChart label={name} times={times} values={items.map(of)} told={told} hours={HOURS[span]} color={color} {...(most === undefined ? {} : { most })} />
          </Section>
        ))}
      </Column>
      <Column><Facts id={id} /></Column>
    </Columns>
  );
}

function memoryUsed({ memory, memory_free: free }: Load): number | null {
  return memory === null || free === null || memory === 0 ? null : (100 * (memory - free)) / memory;
}

function latest(items: readonly Load[], of: (load: Load) => number | null, told: (value: number) => string): ReactNode {
  const last = items.map(of).findLast((each) => each !== null);
  return last === undefined || last === null ? "–" : told(last);
}

function Facts({ id }: { id: string }) {
  const { t, i18n } = useTranslation("workstations");
  const { data, error } = useQuery(factsQuery(id));
  if (error) return <ProblemNote error={error} />;
  const facts = data?.facts;
  return (
    <>
      <Section title={t("facts.title")} actions={data && <span className="dim"><Freshness at={data.facts_at} oldAfter={900} /></span>}>
        {!facts ? <p className="dim" style={{ margin: 0 }}>{t("facts.none")}</p> : (
          <KeyValue
            facts={[
              [t("facts.computer"), facts.computer_name],
              ["Windows", `${facts.windows} (${facts.build})`],
              [t("facts.uptime"), facts.uptime_s === null ? null : lasting(facts.uptime_s, i18n.language)],
              [t("cpu"), `${facts.cpu} · ${t("facts.cores", { count: facts.cpu_cores, formatted: facts.cpu_cores })}`],
              [t("memory"), bytes(facts.memory, i18n.language)],
              [t("facts.gpu"), facts.gpus.join(", ") || null],
              [t("desktop"), facts.desktop ? `${facts.desktop.user ?? "–"} (${facts.desktop.session_id})` : t("facts.noDesktop")],
              ...facts.disks.map((disk) => [disk.letter, t("facts.disk", { free: bytes(disk.free, i18n.language), size: bytes(disk.size, i18n.language) })] as const),
            ]}
          />
        )}
      </Section>
      <Section title="LDPlayer">
        {data?.installs.length ? (
          <KeyValue facts={data.installs.map((each) => [each.version ?? String(each.generation), <code key={each.path}>{each.path}</code>] as const)} />
        ) : (
          <p className="dim" style={{ margin: 0 }}>{t("facts.noInstalls")}</p>
        )}
      </Section>
    </>
  );
}
