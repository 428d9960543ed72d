import { TagsInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Schema } from "@/api/types";
import type { Role } from "@/lib/roles";
import { StateShape } from "@/ui/state-shape";
import styles from "./access.module.css";
import { type User, sitesQuery } from "./requests";

type Scope = Schema<"ScopeOut"> | null;

export function RoleName({ role }: { role: Role }) {
  const { t } = useTranslation();
  return <span className={styles[role]}>{t(`user.roles.${role}`)}</span>;
}

/** A scope in the filter's words; nothing: the whole farm. */
export function scopeText(scope: Scope): string {
  return scope === null ? "" : [...scope.sites.map((each) => `site:${each}`), ...scope.tags.map((each) => `tag:${each}`)].join(" ");
}

export function ScopeWords({ scope }: { scope: Scope }) {
  const { t } = useTranslation("access");
  return scope === null ? <span className="dim">{t("wholeFarm")}</span> : <code>{scopeText(scope)}</code>;
}

/** Whether somebody can sign in with it. */
export function Enabled({ user }: { user: User }) {
  const { t } = useTranslation("access");
  const how = !user.enabled ? "off" : user.must_change_password ? "fresh" : "on";
  return (
    <span className={`${styles.state} ${styles[how]}`}>
      <StateShape shape={how === "on" ? "dot" : how === "off" ? "cross" : "ring"} />
      {t(`state.${how}`)}
    </span>
  );
}

export interface Parts {
  sites: string[];
  tags: string[];
}

export const scopeOf = ({ sites, tags }: Parts): Schema<"ScopeIn"> | null => (sites.length + tags.length === 0 ? null : { sites, tags });

/** Sites and tags; both empty is the whole farm. */
export function ScopeFields({ value, onChange }: { value: Parts; onChange: (value: Parts) => void }) {
  const { t } = useTranslation("access");
  const { data } = useQuery(sitesQuery);
  return (
    <>
      <TagsInput label={t("sites")} description={t("scopeText")} data={data?.items.map((each) => each.name) ?? []} value={value.sites} onChange={(sites) => onChange({ ...value, sites })} clearable={false} />
      <TagsInput label={t("tags")} value={value.tags} onChange={(tags) => onChange({ ...value, tags })} clearable={false} />
    </>
  );
}
