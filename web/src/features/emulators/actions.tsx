import { ActionIcon, Button, Menu } from "@mantine/core";
import { Ellipsis, Play, RotateCw, Square } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useMay } from "@/api/session";
import type { Emulator } from "@/api/types";
import { useFleetRow } from "@/live/use-fleet";
import { ASKS } from "./verbs";
import type { Asked } from "./use-asking";
import styles from "./emulators.module.css";

/** What can be done to one emulator: what fits its state as buttons, the rest in a menu. */
export function Actions({ emulator, onAsk }: { emulator: Emulator; onAsk: (asked: Asked) => void }) {
  const { t } = useTranslation("emulators");
  const { t: op } = useTranslation("operations");
  const row = useFleetRow(emulator.id);
  const may = useMay("operator");
  if (!may || emulator.removed_at !== null) return null;
  const stopped = (row?.status ?? emulator.status) === "stopped";
  const ask = (verb: Asked["verb"]) => onAsk({ verb, ids: [emulator.id] });
  return (
    <div className={styles.buttons}>
      {stopped ? (
        <Button leftSection={<Play size={14} />} onClick={() => ask("launch")}>{op("verbs.launch")}</Button>
      ) : (
        <>
          <Button variant="default" leftSection={<Square size={13} />} onClick={() => ask("quit")}>{op("verbs.quit")}</Button>
          <Button variant="default" leftSection={<RotateCw size={14} />} onClick={() => ask("reboot")}>{op("verbs.reboot")}</Button>
        </>
      )}
      <Menu>
        <Menu.Target>
          <ActionIcon variant="default" aria-label={t("more")}><Ellipsis size={16} /></ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {ASKS.slice(3).map(({ verb, icon: Icon, destroys }) => (
            <Menu.Item key={verb} leftSection={<Icon size={15} />} onClick={() => ask(verb)} {...(destroys ? { c: "var(--bad)" } : {})}>{op(`verbs.${verb}`)}…</Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}
