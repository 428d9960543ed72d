import { Button, Group, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { OperationButtons, OperationFacts, OperationNow, OperationResult, OperationSteps } from "@/nouns/operation-parts";
import { operationQuery, stepsQuery } from "@/nouns/operation-queries";
import { TargetName } from "@/nouns/names";
import { ProblemNote } from "@/ui/problem-note";
import { SidePanel } from "@/ui/side-panel";

/** An operation beside its list: enough to see why, and the way to all of it. */
export function OperationPanel({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation("operations");
  const { data, error, refetch } = useQuery(operationQuery(id));
  const steps = useQuery(stepsQuery(id));
  return (
    <SidePanel title={data ? t(`verbs.${data.verb}`) : t("operation")} onClose={onClose}>
      <Stack gap={14}>
        {error && <ProblemNote error={error} onRetry={() => void refetch()} />}
        {data && (
          <>
            <b className="clip"><TargetName of={data} /></b>
            <OperationNow operation={data} />
            <Group gap={6}>
              <OperationButtons operation={data} />
              <Button variant="default" renderRoot={(props) => <Link to="/operations/$operationId" params={{ operationId: id }} {...props} />}>{t("open")}</Button>
            </Group>
            <OperationResult operation={data} />
            {steps.data && <OperationSteps steps={steps.data.items} />}
            <OperationFacts operation={data} />
          </>
        )}
      </Stack>
    </SidePanel>
  );
}
