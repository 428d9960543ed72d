import { Menu } from "@mantine/core";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import type { Asked } from "./use-asking";
import { ASKS } from "./verbs";

/** Where on the screen the menu of which emulators was asked for. */
export interface MenuAt {
  ids: readonly string[];
  x: number;
  y: number;
}

interface Props {
  at: MenuAt;
  onAsk: (asked: Asked) => void;
  onClose: () => void;
}

/** What can be done to a row, where the pointer or the keyboard is. */
export function RowMenu({ at: { ids, x, y }, onAsk, onClose }: Props) {
  const { t } = useTranslation("emulators");
  const { t: op } = useTranslation("operations");
  useEffect(() => {
    const before = document.activeElement;
    return () => void (before instanceof HTMLElement && before.focus());
  }, []);
  return (
    <Menu opened onClose={onClose} position="bottom-start">
      <Menu.Target>
        <button type="button" aria-label={t("more")} tabIndex={-1} style={{ all: "unset", position: "fixed", left: x, top: y, width: 1, height: 1 }} />
      </Menu.Target>
      <Menu.Dropdown>
        {ASKS.filter(({ single }) => !single || ids.length === 1).map(({ verb, icon: Icon, destroys, asks }) => (
          <Menu.Item key={verb} leftSection={<Icon size={15} />} onClick={() => onAsk({ verb, ids })} {...(destroys ? { c: "var(--bad)" } : {})}>
            {op(`verbs.${verb}`)}
            {asks === "always" && "…"}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
