import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { UNFINISHED } from "@/lib/states";
import { TargetName } from "@/nouns/names";
import { OperationButtons, OperationFacts, OperationNow, OperationResult, OperationSteps } from "@/nouns/operation-parts";
import { logQuery, operationQuery, stepsQuery } from "@/nouns/operation-queries";
import { Page } from "@/ui/page";
import { ProblemNote } from "@/ui/problem-note";
import { Column, Columns, Section } from "@/ui/section";
import { Trail } from "@/ui/trail";
import { LogView } from "./log-view";

const route = getRouteApi("/frame/operations/$operationId");

export function OperationPage() {
  const { t } = useTranslation("operations");
  const { operationId: id } = route.useParams();
  const navigate = route.useNavigate();
  const { data: operation, error, refetch } = useQuery(operationQuery(id));
  const running = operation !== undefined && (UNFINISHED as readonly string[]).includes(operation.status);
  const steps = useQuery(stepsQuery(id));
  const log = useQuery(logQuery(id, running));
  if (error && !operation) return <Page><ProblemNote error={error} onRetry={() => void refetch()} /></Page>;
  return (
    <Page
      bar={
        <Trail to="/operations" label={t("all")}>
          {operation && <>{t(`verbs.${operation.verb}`)} · <TargetName of={operation} /></>}
        </Trail>
      }
      actions={operation && <OperationButtons operation={operation} onRetried={(fresh) => void navigate({ to: "/operations/$operationId", params: { operationId: fresh } })} />}
    >
      {operation && (
        <Columns>
          <Column>
            <Section title={t("now")}><OperationNow operation={operation} /></Section>
            {steps.data && steps.data.items.length > 0 && <Section title={t("steps")}><OperationSteps steps={steps.data.items} /></Section>}
            {operation.result && Object.keys(operation.result).length > 0 && <Section title={t("result")}><OperationResult operation={operation} /></Section>}
            <Section title={t("log")} flush><LogView lines={log.data?.lines ?? null} error={log.error} /></Section>
          </Column>
          <Column>
            <Section title={t("facts")}><OperationFacts operation={operation} /></Section>
          </Column>
        </Columns>
      )}
    </Page>
  );
}
