import { Button, Modal, Select } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { keys } from "@/api/queries";
import { useMe } from "@/api/session";
import type { Schema } from "@/api/types";
import { oneTimePassword } from "@/lib/password";
import type { Role } from "@/lib/roles";
import { ConfirmDialog } from "@/ui/confirm-dialog";
import { Freshness, Moment } from "@/ui/freshness";
import { KeyValue } from "@/ui/key-value";
import { ProblemNote } from "@/ui/problem-note";
import { SidePanel } from "@/ui/side-panel";
import styles from "./access.module.css";
import { Enabled, RoleName, ScopeFields, ScopeWords, scopeOf } from "./parts";
import { type User, changeUser, removeUser, userQuery } from "./requests";
import { Secret } from "./secret";

const ROLES = ["viewer", "operator", "admin"] as const;

export function UserPanel({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation("access");
  const { data, error, refetch } = useQuery(userQuery(id));
  return (
    <SidePanel title={data?.user.name ?? t("user")} onClose={onClose}>
      {error && <ProblemNote error={error} onRetry={() => void refetch()} />}
      {data && <Told key={data.etag} user={data.user} etag={data.etag} onGone={onClose} />}
    </SidePanel>
  );
}

function Told({ user, etag, onGone }: { user: User; etag: string; onGone: () => void }) {
  const { t } = useTranslation("access");
  return (
    <div className={styles.panel}>
      <KeyValue
        facts={[
          [t("account"), <Enabled key="account" user={user} />],
          [t("role"), <RoleName key="role" role={user.role} />],
          [t("scope"), <ScopeWords key="scope" scope={user.scope} />],
          [t("lastLogin"), <Freshness key="login" at={user.last_login_at} />],
          [t("created"), <Moment key="created" at={user.created_at} />],
        ]}
      />
      <Rights user={user} etag={etag} />
      <Deeds user={user} etag={etag} onGone={onGone} />
    </div>
  );
}

function useChange(user: User, etag: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (patch: Schema<"UserPatch">) => changeUser(user.id, etag, patch),
    onSettled: () => queries.invalidateQueries({ queryKey: keys.all("users") }),
  });
}

function Rights({ user, etag }: { user: User; etag: string }) {
  const { t } = useTranslation("access");
  const { t: app } = useTranslation();
  const [role, setRole] = useState<Role>(user.role);
  const [scope, setScope] = useState({ sites: user.scope?.sites ?? [], tags: user.scope?.tags ?? [] });
  const change = useChange(user, etag);
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        change.mutate({ role, scope: role === "admin" ? null : scopeOf(scope) });
      }}
    >
      <Select label={t("role")} description={t(`roleText.${role}`)} data={ROLES.map((value) => ({ value, label: app(`user.roles.${value}`) }))} value={role} onChange={(value) => setRole((value as Role | null) ?? role)} allowDeselect={false} />
      {role !== "admin" && <ScopeFields value={scope} onChange={setScope} />}
      {change.error && <ProblemNote error={change.error} />}
      <Button type="submit" loading={change.isPending}>{t("save")}</Button>
    </form>
  );
}

/** Disable, give a new password, remove: each with what it does. */
function Deeds({ user, etag, onGone }: { user: User; etag: string; onGone: () => void }) {
  const { t } = useTranslation("access");
  const me = useMe();
  const [asking, setAsking] = useState<"disable" | "reset" | "remove" | null>(null);
  const [password, setPassword] = useState<string | null>(null);
  const queries = useQueryClient();
  const change = useChange(user, etag);
  const remove = useMutation({
    mutationFn: () => removeUser(user.id, etag),
    onSuccess: async () => {
      onGone();
      await queries.invalidateQueries({ queryKey: keys.list("users") });
    },
  });
  const close = () => {
    setAsking(null);
    change.reset();
    remove.reset();
  };

  function reset() {
    const made = oneTimePassword();
    change.mutate({ password: made }, { onSuccess: () => { setAsking(null); setPassword(made); } });
  }

  function confirmed() {
    if (asking === "remove") remove.mutate();
    else if (asking === "reset") reset();
    else change.mutate({ enabled: false }, { onSuccess: close });
  }

  if (me?.user.id === user.id) return <p className="dim" style={{ margin: 0 }}>{t("yourself")}</p>;
  return (
    <>
      <div className={styles.buttons}>
        <Button variant="default" onClick={() => setAsking("reset")}>{t("reset")}</Button>
        {user.enabled ? <Button variant="default" onClick={() => setAsking("disable")}>{t("disable")}</Button> : <Button variant="default" loading={change.isPending} onClick={() => change.mutate({ enabled: true })}>{t("enable")}</Button>}
        <Button variant="default" c="var(--bad)" onClick={() => setAsking("remove")}>{t("remove")}</Button>
      </div>
      {asking && (
        <ConfirmDialog opened title={t(`${asking}Title`, { name: user.name })} action={t(asking)} pending={change.isPending || remove.isPending} error={change.error ?? remove.error} onConfirm={confirmed} onClose={close}>
          {t(`${asking}Text`)}
        </ConfirmDialog>
      )}
      <Modal opened={password !== null} onClose={() => setPassword(null)} title={t("resetDone", { name: user.name })} size={460} closeOnClickOutside={false}>
        {password !== null && <Secret text={t("passwordOnce", { name: user.name })} label={t("oneTimePassword")} secret={password} onDone={() => setPassword(null)} />}
      </Modal>
    </>
  );
}
