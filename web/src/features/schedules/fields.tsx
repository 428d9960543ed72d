import { ActionIcon, Button, NumberInput, SegmentedControl, Select, SimpleGrid, Switch, TagsInput, TextInput, Textarea } from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import { useQuery } from "@tanstack/react-query";
import { Plus, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import { answer, api } from "@/api/client";
import { keys } from "@/api/queries";
import { type Verb, subjectOf } from "@/nouns/verbs";
import { type Blackout, DAYS, PLANNED, type Plan } from "./plan";
import styles from "./schedules.module.css";

interface Props {
  form: UseFormReturnType<Plan>;
}

const ZONES = ["UTC", ...Intl.supportedValuesOf("timeZone").filter((each) => each !== "UTC")];
const USUAL = ["0 6 * * *", "30 3 * * mon-fri", "0 * * * *", "*/15 * * * *"] as const;

/** What is asked, and of which. */
export function TargetFields({ form }: Props) {
  const { t } = useTranslation("schedules");
  const { t: op } = useTranslation("operations");
  const { verb, on } = form.values;
  const verbs = Object.keys(PLANNED) as Verb[];
  const offered = verbs.includes(verb) ? verbs : [verb, ...verbs];
  const subject = subjectOf(verb);
  return (
    <>
      <SimpleGrid cols={2} spacing={12}>
        <TextInput label={t("name")} required maxLength={100} {...form.getInputProps("name")} />
        <Select label={t("verb")} data={offered.map((value) => ({ value, label: op(`verbs.${value}`) }))} allowDeselect={false} value={verb} onChange={(value) => value && form.setFieldValue("verb", value as Verb)} error={form.errors.verb} />
      </SimpleGrid>
      {PLANNED[verb]?.map(({ name, required }) => <TextInput key={name} label={t(`params.${name}` as "params.package")} required={required} {...form.getInputProps(`params.${name}`)} value={form.values.params[name] ?? ""} />)}
      <p className="dim" style={{ margin: 0 }}>{t("otherVerbs")}</p>
      {PLANNED[verb] === undefined && <p className="dim" style={{ margin: 0 }}>{t("paramsKept")} <code>{JSON.stringify(form.values.params)}</code></p>}
      <SegmentedControl size="xs" w="fit-content" aria-label={t("on")} value={on} onChange={(value) => form.setFieldValue("on", value as Plan["on"])} data={[{ value: "filter", label: t("byFilter") }, { value: "ids", label: t("byIds") }]} />
      {on === "filter" ? (
        <>
          <TextInput label={t("filter")} description={t(subject === "emulator" ? "filterText" : "filterTextPlaces")} placeholder={subject === "emulator" ? "tag:qa -site:lab" : "site:berlin"} classNames={{ input: "mono" }} spellCheck={false} {...form.getInputProps("filter")} />
          <Matching filter={form.values.filter} subject={subject} />
        </>
      ) : (
        <TagsInput label={t("ids")} description={t("idsText")} splitChars={[",", " "]} {...form.getInputProps("ids")} />
      )}
    </>
  );
}

/** How many a filter means now: later it may be others. */
function Matching({ filter, subject }: { filter: string; subject: "emulator" | "workstation" }) {
  const { t } = useTranslation("schedules");
  const { data, error } = useQuery({
    queryKey: keys.list(subject === "emulator" ? "emulators" : "workstations", { count: filter }),
    queryFn: async () => {
      const query = { filter, count: "exact" as const, limit: 1, fields: "id" };
      return subject === "emulator" ? answer(api.GET("/api/emulators", { params: { query } })) : answer(api.GET("/api/workstations", { params: { query } }));
    },
    retry: false,
  });
  if (error) return <p style={{ margin: 0, color: "var(--bad)" }}>{error.message}</p>;
  if (!data) return null;
  const number = data.total ?? 0;
  return <p className="dim" style={{ margin: 0 }}>{t(subject === "emulator" ? "matching" : "matchingPlaces", { count: number, formatted: number })}</p>;
}

/** The times, in a zone, and when not. */
export function TimeFields({ form }: Props) {
  const { t } = useTranslation("schedules");
  const { t: ui } = useTranslation("ui");
  const { blackouts } = form.values;
  const put = (at: number, change: Partial<Blackout>) => form.setFieldValue("blackouts", blackouts.map((each, place) => (place === at ? { ...each, ...change } : each)));
  return (
    <>
      <SimpleGrid cols={2} spacing={12}>
        <TextInput label={t("cron")} description={t("cronText")} required classNames={{ input: "mono" }} spellCheck={false} {...form.getInputProps("cron")} />
        <Select label={t("zone")} description={t("zoneText")} data={ZONES} searchable limit={60} allowDeselect={false} nothingFoundMessage="–" {...form.getInputProps("zone")} />
      </SimpleGrid>
      <div className={styles.days}>
        {USUAL.map((each) => <button key={each} type="button" className={styles.day} aria-pressed={form.values.cron === each} onClick={() => form.setFieldValue("cron", each)}><code>{each}</code></button>)}
      </div>
      <NumberInput label={t("jitter")} description={t("jitterText")} min={0} max={86_400} suffix={` ${ui("seconds")}`} w={220} {...form.getInputProps("jitter_s")} />
      {blackouts.map((each, at) => (
        // A window has no name of its own: its place is its identity.
        // oxlint-disable-next-line react/no-array-index-key
        <div key={at} className={styles.blackout} role="group" aria-label={t("blackout")}>
          <TextInput type="time" label={t("from")} value={each.start} onChange={(event) => put(at, { start: event.currentTarget.value })} />
          <TextInput type="time" label={t("to")} value={each.end} onChange={(event) => put(at, { end: event.currentTarget.value })} />
          <div className={styles.days}>
            {DAYS.map((day) => <button key={day} type="button" className={styles.day} aria-pressed={each.days.length === 0 || each.days.includes(day)} onClick={() => put(at, { days: turned(each.days, day) })}>{t(`days.${day}`)}</button>)}
          </div>
          <ActionIcon aria-label={t("removeBlackout")} onClick={() => form.setFieldValue("blackouts", blackouts.filter((_, place) => place !== at))}><X size={15} /></ActionIcon>
        </div>
      ))}
      {form.errors.blackouts && <p style={{ margin: 0, color: "var(--bad)" }}>{form.errors.blackouts}</p>}
      <Button variant="subtle" w="fit-content" leftSection={<Plus size={14} />} onClick={() => form.setFieldValue("blackouts", [...blackouts, { start: "22:00", end: "06:00", days: [] }])}>{t("addBlackout")}</Button>
    </>
  );
}

/** No day named means all of them. */
function turned(days: readonly string[], day: string): string[] {
  const now = days.length === 0 ? [...DAYS] : [...days];
  const next = DAYS.filter((each) => (each === day ? !now.includes(day) : now.includes(each)));
  return next.length === DAYS.length ? [] : next;
}

/** What if the last run is not over, or it comes too late; and how each run rolls out. */
export function PolicyFields({ form }: Props) {
  const { t } = useTranslation("schedules");
  const { t: ui } = useTranslation("ui");
  return (
    <>
      <SimpleGrid cols={3} spacing={12}>
        <Select label={t("overlap")} data={(["skip", "queue"] as const).map((value) => ({ value, label: t(`overlaps.${value}`) }))} allowDeselect={false} {...form.getInputProps("overlap")} />
        <Select label={t("misfire")} data={(["skip", "run_once"] as const).map((value) => ({ value, label: t(`misfires.${value}`) }))} allowDeselect={false} {...form.getInputProps("misfire")} />
        <NumberInput label={t("grace")} min={0} max={86_400} suffix={` ${ui("seconds")}`} {...form.getInputProps("grace_s")} />
      </SimpleGrid>
      <SimpleGrid cols={3} spacing={12}>
        <TextInput label={t("waves")} placeholder="1, 5, 25%" {...form.getInputProps("waves")} />
        <NumberInput label={t("wavePause")} min={0} suffix={` ${ui("seconds")}`} {...form.getInputProps("pause_s")} />
        <TextInput label={t("stopOnFailures")} placeholder="10%" {...form.getInputProps("stop_on_failures")} />
      </SimpleGrid>
      <Textarea label={t("notes")} autosize minRows={1} maxRows={6} maxLength={10_000} {...form.getInputProps("notes")} />
      <Switch label={t("enabled")} checked={form.values.enabled} onChange={(event) => form.setFieldValue("enabled", event.currentTarget.checked)} />
    </>
  );
}
