import { Button, Group, Modal, Stack } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { keys } from "@/api/queries";
import type { Workstation } from "@/api/types";
import { ProblemNote } from "@/ui/problem-note";
import { Ladder } from "./ladder";
import { change, testSaved } from "./requests";

/** The connection test of one that is kept; what it shows anew can be pinned. */
export function TestDialog({ opened, workstation, onClose }: { opened: boolean; workstation: Workstation; onClose: () => void }) {
  const { t } = useTranslation("workstations");
  return (
    <Modal opened={opened} onClose={onClose} title={t("test.of", { name: workstation.name })} size={560}>
      {opened && <Testing workstation={workstation} onClose={onClose} />}
    </Modal>
  );
}

function Testing({ workstation: { id }, onClose }: { workstation: Workstation; onClose: () => void }) {
  const { t } = useTranslation("workstations");
  const queries = useQueryClient();
  const { mutate, data, error, isPending } = useMutation({ mutationFn: () => testSaved(id) });
  const pin = useMutation({
    mutationFn: ([field, fingerprint]: [string, string]) => change(id, { [field]: fingerprint }, "*"),
    onSuccess: () => mutate(),
    onSettled: () => queries.invalidateQueries({ queryKey: keys.all("workstations") }),
  });
  useEffect(() => mutate(), [mutate]);
  return (
    <Stack gap={14}>
      {isPending && <p className="dim" role="status" style={{ margin: 0 }}>{t("test.running")}</p>}
      {error && <ProblemNote error={error} />}
      {pin.error && <ProblemNote error={pin.error} />}
      {data && !isPending && <div><Ladder report={data} onPin={(field, fingerprint) => pin.mutate([field, fingerprint])} /></div>}
      <Group justify="flex-end" gap={8}>
        <Button variant="default" loading={isPending} onClick={() => mutate()}>{t("test.again")}</Button>
        <Button onClick={onClose} data-autofocus>{t("close")}</Button>
      </Group>
    </Stack>
  );
}
