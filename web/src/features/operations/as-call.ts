import type { Batch } from "@/api/types";

/** For a POSIX shell: as it is where that is safe, else in single quotes. */
function shell(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

type Asked = Pick<Batch, "verb" | "params" | "policy" | "reason">;

/** The command that asks the same of the same targets. */
export function asCommand({ verb, params, policy, reason }: Asked, ids: readonly string[]): string {
  const words = ["ldfleet", "batches", "submit", verb, ...ids];
  for (const [name, value] of Object.entries(params)) words.push("--param", `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`);
  if (policy.waves.length > 0) words.push("--waves", policy.waves.join(","));
  if (policy.wave_size !== null) words.push("--batch", `${policy.wave_size}`);
  if (policy.max_parallel !== null) words.push("--max-parallel", `${policy.max_parallel}`);
  if (policy.pause_s > 0) words.push("--pause", `${policy.pause_s}s`);
  if (policy.stop_on_failures !== null) words.push("--stop-on-failures", policy.stop_on_failures);
  if (reason !== null) words.push("--reason", reason);
  return words.map(shell).join(" ");
}

/** The request that asks the same, for curl; the token comes from the environment. */
export function asRequest({ verb, params, policy, reason }: Asked, ids: readonly string[], origin: string): string {
  const body = { verb, ids, params, policy, ...(reason === null ? {} : { reason }) };
  return [`curl ${shell(`${origin}/api/batches`)}`, '-H "Authorization: Bearer $LDFLEET_TOKEN"', "-H 'Content-Type: application/json'", "-H \"Idempotency-Key: $(uuidgen)\"", `-d ${shell(JSON.stringify(body))}`].join(" \\\n  ");
}
