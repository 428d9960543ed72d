import { ActionIcon, Button, Menu } from "@mantine/core";
import { Ellipsis, Lock, StickyNote, Tag, Unlock } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Note } from "./annotate-dialog";
import { ASKS, type Verb } from "./verbs";

interface Props {
  /** How many are selected. */
  number: number;
  onAsk: (verb: Verb) => void;
  onNote: (note: Note) => void;
}

const IN_BAR = 4;

/** Every verb on what is selected. */
export function BulkVerbs({ number, onAsk, onNote }: Props) {
  const { t } = useTranslation("emulators");
  const { t: op } = useTranslation("operations");
  const notes = [
    ["tags", Tag],
    ["notes", StickyNote],
    ["protect", Lock],
    ["unprotect", Unlock],
  ] as const;
  return (
    <>
      {ASKS.slice(0, IN_BAR).map(({ verb, icon: Icon }) => (
        <Button key={verb} variant="subtle" color="gray" px={10} leftSection={<Icon size={14} />} onClick={() => onAsk(verb)} styles={{ root: { color: "var(--text)" } }}>{op(`verbs.${verb}`)}</Button>
      ))}
      <Menu position="top-end">
        <Menu.Target>
          <ActionIcon aria-label={t("more")}><Ellipsis size={16} /></ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {ASKS.slice(IN_BAR, -2).filter(({ single }) => !single || number === 1).map(({ verb, icon: Icon }) => (
            <Menu.Item key={verb} leftSection={<Icon size={15} />} onClick={() => onAsk(verb)}>{op(`verbs.${verb}`)}…</Menu.Item>
          ))}
          <Menu.Divider />
          {notes.map(([note, Icon]) => (
            <Menu.Item key={note} leftSection={<Icon size={15} />} onClick={() => onNote(note)}>{t(`notes.${note}`)}</Menu.Item>
          ))}
          <Menu.Divider />
          {ASKS.slice(-2).map(({ verb, icon: Icon }) => (
            <Menu.Item key={verb} leftSection={<Icon size={15} />} c="var(--bad)" onClick={() => onAsk(verb)}>{op(`verbs.${verb}`)}…</Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </>
  );
}
