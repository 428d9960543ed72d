import { ActionIcon, Button, Menu } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { AppWindow, Ellipsis, PlugZap, Power, ScanSearch, SlidersHorizontal, Trash2, Wrench } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { keys } from "@/api/queries";
import { useMay } from "@/api/session";
import type { Operation, Workstation } from "@/api/types";
import { count } from "@/lib/amounts";
import { tallyOf } from "@/live/fleet-store";
import { useCountsOf } from "@/live/use-fleet";
import { Reason } from "@/nouns/operation-parts";
import { ConfirmDialog } from "@/ui/confirm-dialog";
import { toastRefused, toastStarted } from "@/ui/toasts";
import { GlobalSettingsDialog } from "./global-settings";
import { HoldDialog } from "./hold-dialog";
import { hold, quitAll, release, remove, scan, sortWindows } from "./requests";
import { TestDialog } from "./test-dialog";

interface Props {
  workstation: Workstation;
  etag: string;
  onRemoved: () => void;
}

/** What can be done with one workstation. */
export function WorkstationButtons({ workstation: of, etag, onRemoved }: Props) {
  const { t, i18n } = useTranslation("workstations");
  const may = useMay("operator");
  const queries = useQueryClient();
  const [dialog, setDialog] = useState<"test" | "hold" | "global" | "quit" | "remove" | null>(null);
  const counts = useCountsOf(of.id);
  const { total } = tallyOf(counts);
  const running = counts.ready + counts.starting + counts.degraded + counts.frozen;
  const again = () => queries.invalidateQueries({ queryKey: keys.all("workstations") });
  const close = () => setDialog(null);

  const ask = useMutation({
    mutationFn: (what: () => Promise<Operation>) => what(),
    onSuccess: ({ id }) => {
      close();
      toastStarted(t("asked"), <Link to="/operations/$operationId" params={{ operationId: id }}>{t("follow")}</Link>);
    },
    onError: (error) => toastRefused(t("bulk.refused"), <Reason error={error} />),
    onSettled: () => queries.invalidateQueries({ queryKey: keys.all("operations") }),
  });
  const keep = useMutation({ mutationFn: (reason: string | null) => (reason === null ? release(of.id) : hold(of.id, reason)), onSuccess: close, onSettled: again });
  const forget = useMutation({ mutationFn: () => remove(of.id, etag), onSuccess: onRemoved, onSettled: again });
  if (!may) return null;
  return (
    <>
      <Button variant="default" leftSection={<PlugZap size={14} />} onClick={() => setDialog("test")}>{t("test.run")}</Button>
      <Button variant="default" leftSection={<ScanSearch size={14} />} loading={ask.isPending} onClick={() => ask.mutate(() => scan(of.id))}>{t("scan")}</Button>
      {of.maintenance === null ? (
        <Button variant="default" leftSection={<Wrench size={14} />} onClick={() => setDialog("hold")}>{t("hold")}</Button>
      ) : (
        <Button leftSection={<Wrench size={14} />} loading={keep.isPending} onClick={() => keep.mutate(null)}>{t("release")}</Button>
      )}
      <Menu>
        <Menu.Target><ActionIcon variant="default" aria-label={t("more")}><Ellipsis size={16} /></ActionIcon></Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<AppWindow size={14} />} onClick={() => ask.mutate(() => sortWindows(of.id))}>{t("sortWindows")}</Menu.Item>
          <Menu.Item leftSection={<SlidersHorizontal size={14} />} onClick={() => setDialog("global")}>{t("global.title")}</Menu.Item>
          <Menu.Divider />
          <Menu.Item leftSection={<Power size={14} />} color="red" onClick={() => setDialog("quit")}>{t("quitAll")}</Menu.Item>
          <Menu.Item leftSection={<Trash2 size={14} />} color="red" onClick={() => setDialog("remove")}>{t("remove")}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <TestDialog opened={dialog === "test"} workstation={of} onClose={close} />
      <HoldDialog opened={dialog === "hold"} pending={keep.isPending} error={keep.error} onClose={close} onHold={(reason) => keep.mutate(reason)} />
      <GlobalSettingsDialog opened={dialog === "global"} workstation={of} onClose={close} />
      <ConfirmDialog opened={dialog === "quit"} title={t("quitTitle", { count: running, formatted: count(running, i18n.language), name: of.name })} action={t("quitAction", { count: running, formatted: count(running, i18n.language) })} keep={t("keepRunning")} withReason pending={ask.isPending} onClose={close} onConfirm={(reason) => ask.mutate(() => quitAll(of.id, reason))}>
        {t("quitText")}
      </ConfirmDialog>
      <ConfirmDialog opened={dialog === "remove"} title={t("removeTitle", { name: of.name })} action={t("removeAction")} typed={of.name} pending={forget.isPending} error={forget.error} onClose={close} onConfirm={() => forget.mutate()}>
        {t("removeText", { count: total, formatted: count(total, i18n.language) })}
      </ConfirmDialog>
    </>
  );
}
