import { ActionIcon, Button, FileButton, Tooltip } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Download, Plus, SlidersHorizontal, Upload } from "lucide-react";
import { useCallback, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { api, pageOf } from "@/api/client";
import { useList } from "@/api/lists";
import { keys } from "@/api/queries";
import { useMay } from "@/api/session";
import { type Column, DataTable } from "@/ui/data-table";
import { EmptyState } from "@/ui/empty-state";
import { Moment } from "@/ui/freshness";
import { Page } from "@/ui/page";
import { ProblemNote } from "@/ui/problem-note";
import { toastStarted } from "@/ui/toasts";
import { exportFile, importFile } from "./requests";
import { DEVICE_IDS, type Profile, hardwareOf } from "./sheet";
import styles from "./profiles.module.css";

export function ProfilesPage() {
  const { t } = useTranslation("profiles");
  const navigate = useNavigate();
  const queries = useQueryClient();
  const may = useMay("operator");
  const take = useMutation({
    mutationFn: importFile,
    onSuccess: (profile) => toastStarted(t("imported", { name: profile.name })),
    onSettled: () => queries.invalidateQueries({ queryKey: keys.all("profiles") }),
  });
  const fetch = useCallback((cursor: string | undefined) => pageOf<Profile>(api.GET("/api/profiles", { params: { query: { limit: 100, ...(cursor ? { cursor } : {}) } } })), []);
  const list = useList({ noun: "profiles", params: {}, fetch });
  const columns = useMemo<Column<Profile>[]>(
    () => [
      { id: "name", head: t("name"), width: "minmax(140px, 1fr)", cell: (each) => <Link to="/profiles/$profileId" params={{ profileId: each.id }} className={styles.name ?? ""}>{each.name}</Link>, csv: (each) => each.name },
      { id: "hardware", head: t("hardware"), width: "minmax(220px, 1.4fr)", cell: (each) => <span className="number">{hardwareOf(each.settings).join("  ·  ") || <span className="faint">{t("asLdplayer")}</span>}</span>, csv: (each) => hardwareOf(each.settings).join(" ") },
      { id: "device", head: t("device"), width: "minmax(130px, 0.9fr)", cell: (each) => [each.settings.manufacturer, each.settings.model].filter(Boolean).join(" ") || <span className="faint">–</span>, csv: (each) => `${each.settings.manufacturer ?? ""} ${each.settings.model ?? ""}` },
      { id: "identity", head: t("identity"), width: "minmax(130px, 0.9fr)", cell: (each) => newIds(each).map((name) => t(`fields.${name}`)).join(", ") || <span className="faint">{t("keepsIds")}</span>, csv: (each) => newIds(each).join(" ") },
      { id: "apps", head: t("apps"), width: "80px", align: "right", cell: (each) => each.apps.length || <span className="faint">–</span>, csv: (each) => each.apps.map((app) => app.package ?? app.file).join(" ") },
      { id: "tags", head: t("tags"), width: "minmax(100px, 0.8fr)", cell: (each) => each.tags.map((tag) => <span key={tag} className={styles.tag}>{tag}</span>), csv: (each) => each.tags.join(" ") },
      { id: "updated", head: t("updated"), width: "150px", cell: (each) => <Moment at={each.updated_at} />, csv: (each) => each.updated_at },
      { id: "export", head: t("file"), width: "64px", cell: (each) => <ExportButton profile={each} /> },
    ],
    [t],
  );
  const buttons = may && (
    <>
      <FileButton accept=".json,application/json" onChange={(file) => file && take.mutate(file)}>
        {(props) => <Button variant="default" leftSection={<Upload size={14} />} loading={take.isPending} {...props}>{t("import")}</Button>}
      </FileButton>
      <Button leftSection={<Plus size={14} />} renderRoot={(props) => <Link to="/profiles/new" {...props} />}>{t("new")}</Button>
    </>
  );
  return (
    <Page bar={<p className="dim" style={{ margin: 0 }}>{t("text")}</p>} actions={buttons}>
      {take.error && <ProblemNote error={take.error} />}
      <DataTable name="profiles" label={t("all")} columns={columns} list={list} id={(row) => row.id} rowName={(row) => row.name} onOpen={(row) => void navigate({ to: "/profiles/$profileId", params: { profileId: row.id } })} empty={<EmptyState icon={SlidersHorizontal} title={t("none")} actions={buttons}>{t("noneText")}</EmptyState>} />
    </Page>
  );
}

const newIds = ({ identity }: Profile) => DEVICE_IDS.filter((name) => identity[name] === "new");

function ExportButton({ profile }: { profile: Profile }) {
  const { t } = useTranslation("profiles");
  const label = t("export", { name: profile.name });
  return (
    <Tooltip label={label}>
      <ActionIcon size={26} aria-label={label} onClick={() => void exportFile(profile)}><Download size={15} /></ActionIcon>
    </Tooltip>
  );
}
