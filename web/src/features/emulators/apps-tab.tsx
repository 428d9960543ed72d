import { Button, Group, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { AppWindow, Package, PackageMinus, SquareX } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMay } from "@/api/session";
import { answer, api } from "@/api/client";
import type { Emulator, Operation } from "@/api/types";
import { ConfirmDialog } from "@/ui/confirm-dialog";
import { EmptyState } from "@/ui/empty-state";
import { ProblemNote } from "@/ui/problem-note";
import { toastStarted } from "@/ui/toasts";
import { Installed } from "./installed";
import styles from "./emulators.module.css";

type Act = "run" | "kill" | "uninstall" | "install-file" | "install-package";

/** Which apps it has, and what can be done with them. */
export function AppsTab({ emulator }: { emulator: Emulator }) {
  const { t } = useTranslation("emulators");
  const { t: op } = useTranslation("operations");
  const may = useMay("operator");
  const [name, setName] = useState("");
  const [file, setFile] = useState("");
  const [removing, setRemoving] = useState(false);
  const send = useMutation({
    mutationFn: (act: Act) => asked(emulator.id, act, name.trim(), file.trim()),
    onSuccess: (operation) => {
      toastStarted(t("asked", { verb: op(`verbs.${operation.verb}`), count: 1, formatted: "1" }), emulator.name);
      setRemoving(false);
    },
  });
  if (!may) return <EmptyState icon={Package} title={t("apps.denied")} />;
  const button = (act: Act, label: string, Icon: typeof Package, given: string) => (
    <Button variant="default" leftSection={<Icon size={14} />} disabled={!given.trim() || send.isPending} onClick={() => (act === "uninstall" ? setRemoving(true) : send.mutate(act))}>{label}</Button>
  );
  return (
    <div className={styles.columns}>
      <section className={`card ${styles.box}`}>
        <TextInput label={t("params.package")} description={t("apps.packageText")} placeholder="com.example.app" value={name} onChange={(event) => setName(event.currentTarget.value)} autoComplete="off" spellCheck={false} />
        <Group gap={8}>
          {button("run", op("verbs.run"), AppWindow, name)}
          {button("kill", op("verbs.kill"), SquareX, name)}
          {button("install-package", t("apps.fromStore"), Package, name)}
          {button("uninstall", op("verbs.uninstall"), PackageMinus, name)}
        </Group>
      </section>
      <section className={`card ${styles.box}`}>
        <TextInput label={t("params.file")} description={t("params.fileText")} placeholder="D:\apps\app.apk" value={file} onChange={(event) => setFile(event.currentTarget.value)} autoComplete="off" spellCheck={false} />
        <Group gap={8}>{button("install-file", op("verbs.install"), Package, file)}</Group>
      </section>
      <Installed emulator={emulator} onPick={setName} />
      {send.error && !removing && <ProblemNote error={send.error} />}
      <ConfirmDialog opened={removing} title={t("apps.uninstall", { name: name.trim(), emulator: emulator.name })} action={op("verbs.uninstall")} pending={send.isPending} error={send.error} onConfirm={() => send.mutate("uninstall")} onClose={() => setRemoving(false)}>
        {t("effects.uninstall")}
      </ConfirmDialog>
    </div>
  );
}

function asked(id: string, act: Act, name: string, file: string): Promise<Operation> {
  const one = { path: { emulator_id: id } };
  const app = { path: { emulator_id: id, package: name } };
  switch (act) {
    case "run":
      return answer(api.POST("/api/emulators/{emulator_id}/apps/{package}/run", { params: app }));
    case "kill":
      return answer(api.POST("/api/emulators/{emulator_id}/apps/{package}/kill", { params: app }));
    case "uninstall":
      return answer(api.DELETE("/api/emulators/{emulator_id}/apps/{package}", { params: app }));
    case "install-file":
      return answer(api.POST("/api/emulators/{emulator_id}/apps", { params: one, body: { file, on_busy: "queue" } }));
    case "install-package":
      return answer(api.POST("/api/emulators/{emulator_id}/apps", { params: one, body: { package: name, on_busy: "queue" } }));
  }
}
