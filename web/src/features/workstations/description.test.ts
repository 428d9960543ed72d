import { describe, expect, it } from "vitest";
import { BLANK, type Description, draftOf, fromCsv, patchOf, shownBy } from "./description";

const typed: Description = { ...BLANK, name: "pc-01", host: "10.0.0.5", username: "farm", password: "secret" };

describe("a draft", () => {
  it("holds what was typed, and nothing blank", () => {
    const draft = draftOf(typed);

    expect(draft).toMatchObject({ name: "pc-01", host: "10.0.0.5", password: "secret", tls: true });
    expect(draft).not.toHaveProperty("port");
    expect(draft).not.toHaveProperty("ca_pem");
  });

  it("leaves out what has no meaning with its transport", () => {
    const draft = draftOf({ ...typed, transport: "ssh", login: "key", client_private_key_pem: "PEM", certificate_sha256: "4f", host_key_sha256: "SHA256:x" });

    expect(draft).toMatchObject({ client_private_key_pem: "PEM", host_key_sha256: "SHA256:x" });
    for (const name of ["password", "tls", "certificate_sha256"]) expect(draft).not.toHaveProperty(name);
  });
});

describe("a patch", () => {
  it("names what differs, and gives blank back to the default", () => {
    const before = { ...typed, password: "", ldplayer_path: "D:\\LDPlayer9", certificate_sha256: "4f" };

    expect(patchOf(before, { ...before, name: "pc-02", ldplayer_path: "", notes: "rack 4" })).toEqual({ name: "pc-02", ldplayer_path: null, notes: "rack 4" });
  });

  it("sends a secret only if one was typed", () => {
    const before = { ...typed, password: "" };

    expect(patchOf(before, before)).toEqual({});
    expect(patchOf(before, { ...before, password: "new" })).toEqual({ password: "new" });
  });
});

describe("what is shown and not trusted", () => {
  const hex = Array.from({ length: 32 }, () => "4f").join(":");

  it.each([
    [`pc-01 showed the certificate ${hex}, not the trusted one.`, { field: "certificate_sha256", fingerprint: hex }],
    [`pc-01 showed ${hex.replaceAll(":", "")}, not the trusted certificate or key.`, { field: "certificate_sha256", fingerprint: hex.replaceAll(":", "") }],
    ["pc-01 showed SHA256:uNiVztksCsDhcc0u9e8BgrJXVGDMTDuE0zGnzwzyXXk, not", { field: "host_key_sha256", fingerprint: "SHA256:uNiVztksCsDhcc0u9e8BgrJXVGDMTDuE0zGnzwzyXXk" }],
  ])("can be pinned: %s", (detail, pin) => {
    expect(shownBy({ code: "workstation_untrusted", detail, name: "tls" })).toEqual(pin);
  });

  it("is nothing when the trouble is another", () => {
    expect(shownBy({ code: "workstation_refused_login", detail: hex, name: "login" })).toBeNull();
  });
});

describe("a line of a CSV", () => {
  it("becomes a description", () => {
    expect(fromCsv({ name: "pc-01", host: "10.0.0.5", port: "5985", tls: "no", username: "farm", password: "x", tags: "qa;spare" })).toMatchObject({ name: "pc-01", port: 5985, tls: false, login: "negotiate", tags: ["qa", "spare"] });
  });

  it("is refused with what can't be read", () => {
    expect(() => fromCsv({ name: "pc-01", transport: "telnet" })).toThrow(/telnet/);
    expect(() => fromCsv({ name: "pc-01", port: "many" })).toThrow(/port/);
  });
});
