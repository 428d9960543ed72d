import { NumberInput, PasswordInput, Select, SimpleGrid, Switch, TagsInput, TextInput, Textarea } from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { answer, api } from "@/api/client";
import { keys } from "@/api/queries";
import { type Description, LOGINS, TRANSPORTS, type Transport, applies } from "./description";

export type DescriptionForm = UseFormReturnType<Description>;

interface Props {
  form: DescriptionForm;
  /** Secrets are kept, and blank means that they stay. */
  saved?: boolean;
}

/** Where the PC is, and how it is reached. */
export function AddressFields({ form }: Props) {
  const { t } = useTranslation("workstations");
  const of = form.getValues();
  const usual = of.transport === "ssh" ? 22 : of.tls ? 5986 : 5985;

  function choose(transport: Transport) {
    form.setValues({ transport, login: LOGINS[transport][0] as string });
  }

  return (
    <>
      <SimpleGrid cols={2} spacing={12}>
        <TextInput label={t("name")} required maxLength={100} placeholder="pc-01" {...form.getInputProps("name")} key={form.key("name")} />
        <Select label={t("transport")} data={TRANSPORTS.map((value) => ({ value, label: t(`transports.${value}`) }))} allowDeselect={false} value={of.transport} onChange={(value) => value && choose(value as Transport)} error={form.errors.transport} />
      </SimpleGrid>
      {of.transport === "local" ? (
        <p className="dim" style={{ margin: 0 }}>{t("localText")}</p>
      ) : (
        <SimpleGrid cols={2} spacing={12}>
          <TextInput label={t("host")} required maxLength={253} placeholder="10.0.0.5" {...form.getInputProps("host")} key={form.key("host")} />
          <NumberInput label={t("port")} placeholder={String(usual)} min={1} max={65535} allowDecimal={false} hideControls {...form.getInputProps("port")} key={form.key("port")} />
        </SimpleGrid>
      )}
      {applies("tls", of) && <Switch label={t("tls")} description={t("tlsText")} checked={of.tls} onChange={(event) => form.setFieldValue("tls", event.currentTarget.checked)} />}
    </>
  );
}

/** As whom ldfleet logs in, and by what it knows the PC. */
export function LoginFields({ form, saved = false }: Props) {
  const { t } = useTranslation("workstations");
  const of = form.getValues();
  if (of.transport === "local") return null;
  const kept = saved ? { placeholder: t("kept") } : {};
  return (
    <>
      <SimpleGrid cols={2} spacing={12}>
        <TextInput label={t("username")} maxLength={256} autoComplete="off" {...form.getInputProps("username")} key={form.key("username")} />
        <Select label={t("login")} data={LOGINS[of.transport].map((value) => ({ value, label: t(`logins.${value}` as "login") }))} allowDeselect={false} value={of.login} onChange={(value) => value && form.setFieldValue("login", value)} error={form.errors.login} />
      </SimpleGrid>
      {applies("password", of) && <PasswordInput label={t("password")} autoComplete="new-password" maxLength={1024} {...kept} {...form.getInputProps("password")} key={form.key("password")} />}
      {applies("client_certificate_pem", of) && <Textarea label={t("clientCertificate")} autosize minRows={2} maxRows={6} placeholder="-----BEGIN CERTIFICATE-----" {...kept} {...form.getInputProps("client_certificate_pem")} key={form.key("client_certificate_pem")} />}
      {applies("client_private_key_pem", of) && <Textarea label={t("privateKey")} autosize minRows={2} maxRows={6} placeholder="-----BEGIN PRIVATE KEY-----" {...kept} {...form.getInputProps("client_private_key_pem")} key={form.key("client_private_key_pem")} />}
      {applies("host_key_sha256", of) && <TextInput label={t("hostKey")} description={t("pinText")} placeholder="SHA256:…" classNames={{ input: "mono" }} {...form.getInputProps("host_key_sha256")} key={form.key("host_key_sha256")} />}
      {applies("certificate_sha256", of) && of.tls && <TextInput label={t("certificate")} description={t("pinText")} placeholder="4f:0a:…" classNames={{ input: "mono" }} {...form.getInputProps("certificate_sha256")} key={form.key("certificate_sha256")} />}
      {applies("ca_pem", of) && of.tls && saved && <Textarea label={t("ca")} autosize minRows={1} maxRows={6} {...form.getInputProps("ca_pem")} key={form.key("ca_pem")} />}
    </>
  );
}

/** Where it stands among the others, and what of it LDPlayer is. */
export function PlaceFields({ form }: Props) {
  const { t } = useTranslation("workstations");
  const sites = useQuery({ queryKey: keys.list("sites"), queryFn: () => answer(api.GET("/api/sites", { params: { query: { limit: 500 } } })) });
  const names = [...new Set(["default", ...(sites.data?.items.map((each) => each.name) ?? []), form.getValues().site])];
  return (
    <>
      <SimpleGrid cols={2} spacing={12}>
        <Select label={t("site")} data={names} allowDeselect={false} {...form.getInputProps("site")} key={form.key("site")} />
        <TagsInput label={t("tags")} splitChars={[",", " "]} {...form.getInputProps("tags")} key={form.key("tags")} />
      </SimpleGrid>
      <TextInput label={t("ldplayerPath")} description={t("ldplayerPathText")} placeholder="D:\LDPlayer\LDPlayer9" {...form.getInputProps("ldplayer_path")} key={form.key("ldplayer_path")} />
      <Textarea label={t("notes")} autosize minRows={1} maxRows={6} maxLength={10_000} {...form.getInputProps("notes")} key={form.key("notes")} />
    </>
  );
}

/** How much at once: the governor's numbers for this PC. */
export function LimitFields({ form }: Props) {
  const { t } = useTranslation("workstations");
  const { t: ui } = useTranslation("ui");
  return (
    <SimpleGrid cols={2} spacing={12}>
      {(["boots", "disk", "light"] as const).map((name) => (
        <NumberInput key={form.key(`limits.${name}`)} label={t(`limits.${name}`)} min={1} max={64} allowDecimal={false} {...form.getInputProps(`limits.${name}`)} />
      ))}
      <NumberInput key={form.key("limits.boot_gap_s")} label={t("limits.boot_gap_s")} min={0} max={3600} suffix={` ${ui("seconds")}`} {...form.getInputProps("limits.boot_gap_s")} />
    </SimpleGrid>
  );
}
