import { Modal } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { FEATURES } from "@/app/features";
import { KeyValue } from "@/ui/key-value";
import styles from "@/app/frame.module.css";

const KEYS = [
  ["palette", "Ctrl K"],
  ["filter", "/"],
  ["help", "?"],
  ["move", "↑ ↓  j k"],
  ["select", "Space  x"],
  ["range", "Shift"],
  ["all", "Ctrl A"],
  ["open", "Enter"],
  ["menu", "."],
  ["close", "Esc"],
] as const;

/** The keyboard map, and where the documentation is. */
export function Help({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const { t: page } = useTranslation("pages");
  const key = (text: string) => <kbd className={styles.kbd}>{text}</kbd>;
  return (
    <Modal opened onClose={onClose} title={t("help")} size={520} closeButtonProps={{ "aria-label": t("close") }}>
      <KeyValue facts={[...KEYS.map(([name, keys]) => [t(`keys.${name}`), key(keys)] as const), ...FEATURES.map((each) => [page(each.name), key(`g ${each.key}`)] as const), [t("tasks"), key("g t")]]} />
      <p className="dim">
        <a href="/docs" target="_blank" rel="noreferrer">{t("documentation")}</a> · <a href="/problems" target="_blank" rel="noreferrer">{t("problemPages")}</a>
      </p>
    </Modal>
  );
}
