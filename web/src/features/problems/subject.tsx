import { Link } from "@tanstack/react-router";
import type { Problem, ProblemKind } from "@/api/problems";

const EVERY: Record<ProblemKind, true> = { workstation_unreachable: true, login_refused: true, certificate_changed: true, certificate_unknown: true, no_desktop: true, low_disk: true, service_wedged: true, adb_open: true, schedule_failed: true };
export const KINDS = Object.keys(EVERY) as ProblemKind[];

/** Where the subject of a problem has its page. */
export function pathOf({ kind, subject }: Problem): string {
  return kind === "schedule_failed" ? `/schedules/${subject}` : `/workstations/${subject}`;
}

export function SubjectLink({ of }: { of: Problem }) {
  return <Link to={pathOf(of)}>{of.subject_name}</Link>;
}
