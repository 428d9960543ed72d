import { Button, Group, Stack } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useDebouncedValue } from "@mantine/hooks";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { keys } from "@/api/queries";
import { useMay } from "@/api/session";
import { showRefusals } from "@/ui/forms";
import { Moment, Until } from "@/ui/freshness";
import { Page } from "@/ui/page";
import { ProblemNote } from "@/ui/problem-note";
import { Column, Columns, Section } from "@/ui/section";
import { Trail } from "@/ui/trail";
import { PolicyFields, TargetFields, TimeFields } from "./fields";
import { type Plan, type Schedule, blankPlan, planOf, scheduleOf } from "./plan";
import { add, change, previewQuery, scheduleQuery } from "./requests";
import styles from "./schedules.module.css";

const route = getRouteApi("/frame/schedules/$scheduleId");
const SETTLES_MS = 300;

export function NewPage() {
  const { t } = useTranslation("schedules");
  return (
    <Page bar={<Trail to="/schedules" label={t("all")}>{t("new")}</Trail>}>
      <Form start={blankPlan(new Intl.DateTimeFormat().resolvedOptions().timeZone)} known={null} />
    </Page>
  );
}

export function EditPage() {
  const { t } = useTranslation("schedules");
  const { scheduleId: id } = route.useParams();
  const { data, error, refetch } = useQuery({ ...scheduleQuery(id), staleTime: 0 });
  return (
    <Page bar={<Trail to="/schedules" label={t("all")}>{data?.schedule.name}</Trail>}>
      {error && !data && <ProblemNote error={error} onRetry={() => void refetch()} />}
      {data && <Form key={data.etag} start={planOf(data.schedule)} known={data} />}
    </Page>
  );
}

function Form({ start, known }: { start: Plan; known: { schedule: Schedule; etag: string } | null }) {
  const { t } = useTranslation("schedules");
  const { t: ui } = useTranslation("ui");
  const queries = useQueryClient();
  const navigate = useNavigate();
  const may = useMay("operator");
  const form = useForm<Plan>({ initialValues: start, validate: { name: (value) => (value.trim() ? null : ui("required")), cron: (value) => (value.trim() ? null : ui("required")) } });
  const save = useMutation({
    mutationFn: (plan: Plan) => {
      const body = scheduleOf(plan, known?.schedule.params);
      return known ? change(known.schedule.id, body, known.etag) : add(body);
    },
    onError: (error) => showRefusals(form, error),
    onSuccess: async ({ id }) => {
      await queries.invalidateQueries({ queryKey: keys.all("schedules") });
      await navigate({ to: "/schedules", search: { open: id } });
    },
  });
  return (
    <form onSubmit={form.onSubmit((plan) => save.mutate(plan))}>
      <Columns>
        <Column>
          <Section title={t("what")}><Stack gap={12}><TargetFields form={form} /></Stack></Section>
          <Section title={t("when")}><Stack gap={12}><TimeFields form={form} /></Stack></Section>
          <Section title={t("how")}><Stack gap={12}><PolicyFields form={form} /></Stack></Section>
        </Column>
        <Column>
          <Section title={t("preview")}><Preview plan={form.values} /></Section>
          {may && (
            <Section title={t("save")}>
              <Stack gap={12}>
                {save.error && <ProblemNote error={save.error} />}
                <Group gap={8}>
                  <Button type="submit" loading={save.isPending}>{t("save")}</Button>
                  <Button variant="default" onClick={() => void navigate({ to: "/schedules" })}>{ui("keep")}</Button>
                </Group>
              </Stack>
            </Section>
          )}
        </Column>
      </Columns>
    </form>
  );
}

/** When it would come, as the server reckons it. */
function Preview({ plan: { cron, zone, jitter_s, blackouts } }: { plan: Plan }) {
  const { t } = useTranslation("schedules");
  const [timing] = useDebouncedValue(JSON.stringify({ cron: cron.trim(), zone, jitter_s, blackouts }), SETTLES_MS);
  const { data, error, isFetching } = useQuery(previewQuery(JSON.parse(timing)));
  if (error) return <ProblemNote error={error} />;
  return (
    <ol className={styles.runs} aria-label={t("next")} aria-busy={isFetching}>
      {data?.next_runs.map((at) => <li key={at}><Moment at={at} /><span className="faint"><Until at={at} /></span></li>)}
    </ol>
  );
}
