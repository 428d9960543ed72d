import { expect, it } from "vitest";
import { asCommand, asRequest } from "./as-call";

const asked = { verb: "run", params: { package: "com.example.app" }, policy: { waves: ["1", "25%"], wave_size: 10, max_parallel: 5, pause_s: 60, stop_on_failures: "10%" }, reason: "it's due" } as const;
const batch = { ...asked, policy: { ...asked.policy, waves: [...asked.policy.waves] } };

it("writes a command that a shell reads as it is meant", () => {
  expect(asCommand(batch, ["em_1", "em_2"])).toBe(String.raw`ldfleet batches submit run em_1 em_2 --param package=com.example.app --waves 1,25% --batch 10 --max-parallel 5 --pause 60s --stop-on-failures 10% --reason 'it'\''s due'`);
});

it("leaves out what was not asked for", () => {
  expect(asCommand({ verb: "quit", params: {}, policy: { waves: [], wave_size: null, max_parallel: null, pause_s: 0, stop_on_failures: null }, reason: null }, ["em_1"])).toBe("ldfleet batches submit quit em_1");
});

it("writes a request whose body is the batch, and no token", () => {
  const request = asRequest({ ...batch, reason: null }, ["em_1"], "https://fleet.example");

  expect(request).toContain("https://fleet.example/api/batches");
  expect(request).toContain("$LDFLEET_TOKEN");
  expect(JSON.parse(/-d '(.*)'$/.exec(request)?.[1] ?? "")).toEqual({ verb: "run", ids: ["em_1"], params: { package: "com.example.app" }, policy: batch.policy });
});
