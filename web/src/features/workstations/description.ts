import type { Schema, Workstation } from "@/api/types";

/** What a person says of a PC, as the form holds it: nothing is null in it, so that fields are always controlled. */
export interface Description extends Record<string, unknown> {
  name: string;
  host: string;
  port: number | "";
  transport: Transport;
  tls: boolean;
  login: string;
  username: string;
  password: string;
  client_certificate_pem: string;
  client_private_key_pem: string;
  certificate_sha256: string;
  ca_pem: string;
  host_key_sha256: string;
  ldplayer_path: string;
  tags: string[];
  notes: string;
  site: string;
  limits: { boots: number; disk: number; light: number; boot_gap_s: number };
}

export type Transport = Schema<"TransportKind">;
type Draft = Schema<"WorkstationIn">;
type Patch = Schema<"WorkstationPatch">;

/** The ways to log in, the usual one first. */
export const LOGINS: Record<Transport, readonly string[]> = {
  winrm: ["negotiate", "ntlm", "basic", "certificate"],
  ssh: ["password", "key"],
  local: ["none"],
};

export const TRANSPORTS = Object.keys(LOGINS) as Transport[];

const SECRETS = ["password", "client_certificate_pem", "client_private_key_pem"] as const;

export const BLANK: Description = {
  name: "",
  host: "",
  port: "",
  transport: "winrm",
  tls: true,
  login: "negotiate",
  username: "",
  password: "",
  client_certificate_pem: "",
  client_private_key_pem: "",
  certificate_sha256: "",
  ca_pem: "",
  host_key_sha256: "",
  ldplayer_path: "",
  tags: [],
  notes: "",
  site: "default",
  limits: { boots: 2, disk: 1, light: 4, boot_gap_s: 5 },
};

/** The form of one that is there; secrets are blank, and stay what they are if they are left so. */
export function descriptionOf(of: Workstation): Description {
  const known = of as Workstation & { host_key_sha256?: string | null };
  return {
    ...BLANK,
    name: of.name,
    host: of.host,
    port: of.port || "",
    transport: of.transport,
    tls: of.tls,
    login: of.login,
    username: of.username,
    certificate_sha256: of.certificate_sha256 ?? "",
    ca_pem: of.ca_pem ?? "",
    host_key_sha256: known.host_key_sha256 ?? "",
    ldplayer_path: of.ldplayer_path ?? "",
    tags: of.tags,
    notes: of.notes,
    site: of.site,
    limits: { ...of.limits },
  };
}

/** Whether a field has a meaning with this transport and login. */
export function applies(field: keyof Description, { transport, login }: Pick<Description, "transport" | "login">): boolean {
  switch (field) {
    case "host":
    case "port":
    case "username":
      return transport !== "local";
    case "tls":
    case "certificate_sha256":
    case "ca_pem":
      return transport === "winrm";
    case "host_key_sha256":
      return transport === "ssh";
    case "client_certificate_pem":
      return login === "certificate";
    case "client_private_key_pem":
      return login === "certificate" || login === "key";
    case "password":
      return transport !== "local" && login !== "certificate" && login !== "key";
    case "login":
      return transport !== "local";
    default:
      return true;
  }
}

/** The body of a request: only what has a meaning, and blank texts as not given. */
export function draftOf(of: Description): Draft {
  const sent = Object.entries(of).filter(([name, value]) => value !== "" && applies(name, of));
  const local = of.transport === "local" ? { host: "localhost" } : {};
  return { ...Object.fromEntries(sent), ...local } as unknown as Draft;
}

/** What differs, for a merge patch: blank means the default again, but a blank secret means it stays. */
export function patchOf(before: Description, after: Description): Patch {
  const changed: Record<string, unknown> = {};
  for (const name of Object.keys(after)) {
    if ((SECRETS as readonly string[]).includes(name) ? after[name] === "" : same(before[name], after[name])) continue;
    changed[name] = after[name] === "" && !["username", "notes"].includes(name) ? null : after[name];
  }
  return changed as Patch;
}

const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

const FINGERPRINT = /SHA256:[A-Za-z0-9+/=]{20,}|(?:[0-9a-f]{2}:){31}[0-9a-f]{2}|\b[0-9a-f]{64}\b/i;

/** What a PC showed that is not trusted yet: it can be pinned, once a person has compared it. */
export function shownBy(stage: { code: string | null; detail: string | null; name: string }): { field: "certificate_sha256" | "host_key_sha256"; fingerprint: string } | null {
  if (stage.code !== "workstation_untrusted") return null;
  const fingerprint = FINGERPRINT.exec(stage.detail ?? "")?.[0];
  if (fingerprint === undefined) return null;
  return { field: fingerprint.startsWith("SHA256:") ? "host_key_sha256" : "certificate_sha256", fingerprint };
}

/** Columns that a CSV may have. */
export const CSV_COLUMNS = ["name", "host", "port", "transport", "tls", "login", "username", "password", "certificate_sha256", "host_key_sha256", "ldplayer_path", "site", "tags", "notes"] as const;

/** A line of a CSV as a description; raises Error with what can't be read. */
export function fromCsv(row: Readonly<Record<string, string>>): Description {
  const transport = (row.transport || "winrm") as Transport;
  if (!TRANSPORTS.includes(transport)) throw new Error(`transport: ${transport}; ${TRANSPORTS.join(", ")}`);
  if (row.port && !/^\d{1,5}$/.test(row.port)) throw new Error(`port: ${row.port}`);
  const texts = Object.fromEntries(CSV_COLUMNS.filter((name) => row[name]).map((name) => [name, row[name]]));
  return {
    ...BLANK,
    ...texts,
    transport,
    login: row.login || (LOGINS[transport][0] as string),
    port: row.port ? Number(row.port) : "",
    tls: !/^(no|false|0)$/i.test(row.tls ?? ""),
    tags: (row.tags ?? "").split(/[;|\s]+/).filter(Boolean),
  };
}
