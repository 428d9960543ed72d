import { Button } from "@mantine/core";
import { Archive } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { api, pageOf } from "@/api/client";
import { useList } from "@/api/lists";
import { useMay } from "@/api/session";
import type { Emulator, Schema } from "@/api/types";
import { bytes } from "@/lib/amounts";
import { type Column, DataTable } from "@/ui/data-table";
import { EmptyState } from "@/ui/empty-state";
import { Moment } from "@/ui/freshness";
import type { Asked } from "./use-asking";

type Backup = Schema<"BackupOut">;

interface Props {
  emulator: Emulator;
  onAsk: (asked: Asked) => void;
}

/** Its backups, on its workstation. */
export function BackupsTab({ emulator, onAsk }: Props) {
  const { t, i18n } = useTranslation("emulators");
  const { t: op } = useTranslation("operations");
  const may = useMay("operator") && emulator.removed_at === null;
  const list = useList<Backup>({
    noun: "backups",
    params: {},
    of: emulator.id,
    fetch: (cursor) => pageOf<Backup>(api.GET("/api/backups", { params: { query: { emulator_id: emulator.id, limit: 100, ...(cursor === undefined ? {} : { cursor }) } } })),
  });
  const columns = useMemo<Column<Backup>[]>(
    () => [
      { id: "created", head: t("backups.made"), cell: (backup) => <Moment at={backup.created_at} />, width: "170px", csv: (backup) => backup.created_at },
      { id: "name", head: t("backups.name"), cell: (backup) => backup.emulator_name, width: "minmax(130px, 1fr)", csv: (backup) => backup.emulator_name },
      { id: "size", head: t("backups.size"), cell: (backup) => bytes(backup.size, i18n.language), width: "100px", align: "right", csv: (backup) => backup.size },
      { id: "file", head: t("backups.file"), cell: (backup) => <span className="mono" title={backup.file}>{backup.file}</span>, width: "minmax(220px, 2fr)", csv: (backup) => backup.file },
      { id: "sha256", head: "SHA-256", cell: (backup) => <span className="mono" title={backup.sha256 ?? ""}>{backup.sha256?.slice(0, 12) ?? t("backups.unverified")}</span>, width: "130px", csv: (backup) => backup.sha256 },
      ...(may ? [{ id: "restore", head: op("verbs.restore"), cell: (backup: Backup) => <Button variant="subtle" h={26} onClick={() => onAsk({ verb: "restore", ids: [emulator.id], file: backup.file })}>{op("verbs.restore")}…</Button>, width: "130px" }] : []),
    ],
    [t, op, i18n.language, may, onAsk, emulator.id],
  );
  const backUp = may && <Button leftSection={<Archive size={14} />} onClick={() => onAsk({ verb: "backup", ids: [emulator.id] })}>{op("verbs.backup")}</Button>;
  return (
    <>
      <div>{backUp}</div>
      <DataTable name="emulator-backups" label={t("page.backups")} columns={columns} list={list} id={(backup) => backup.id} rowName={(backup) => backup.file} empty={<EmptyState icon={Archive} title={t("backups.none")}>{t("backups.noneText")}</EmptyState>} />
    </>
  );
}
