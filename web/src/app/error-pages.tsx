import { Button } from "@mantine/core";
import { type ErrorComponentProps, Link, useRouter } from "@tanstack/react-router";
import { Compass, Lock, ServerOff, TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import { ProblemError, UnreachableError } from "@/lib/problem";
import type { Role } from "@/lib/roles";
import { EmptyState } from "@/ui/empty-state";
import { ProblemNote } from "@/ui/problem-note";

export function NotFoundPage() {
  const { t } = useTranslation();
  return (
    <EmptyState icon={Compass} title={t("errors.notFound")} actions={<Button variant="default" renderRoot={(props) => <Link to="/" {...props} />}>{t("errors.home")}</Button>}>
      {t("errors.notFoundText")}
    </EmptyState>
  );
}

/** A page that needs another role. */
export function DeniedPage({ needs }: { needs: Role }) {
  const { t } = useTranslation();
  return (
    <EmptyState icon={Lock} title={t("errors.denied")}>
      {t("errors.deniedText", { role: t(`user.roles.${needs}`) })}
    </EmptyState>
  );
}

/** What a page could not be drawn for: by what kind of error it is. */
export function CrashPage({ error, reset }: ErrorComponentProps) {
  const { t } = useTranslation();
  const router = useRouter();

  function again() {
    reset();
    void router.invalidate();
  }

  const retry = <Button variant="default" onClick={again}>{t("errors.again")}</Button>;
  if (error instanceof UnreachableError) {
    return <EmptyState icon={ServerOff} title={t("errors.unreachable")} actions={retry}>{t("errors.unreachableText")}</EmptyState>;
  }
  if (error instanceof ProblemError && error.status === 404) return <NotFoundPage />;
  if (error instanceof ProblemError && error.status === 403) {
    return <EmptyState icon={Lock} title={t("errors.denied")}>{error.problem.detail}</EmptyState>;
  }
  return (
    <div style={{ maxWidth: 620, margin: "0 auto", padding: 24 }}>
      <EmptyState icon={TriangleAlert} title={t("errors.crashed")} actions={retry}>{t("errors.crashedText")}</EmptyState>
      <ProblemNote error={error} />
    </div>
  );
}
