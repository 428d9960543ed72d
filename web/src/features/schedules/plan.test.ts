import { describe, expect, it } from "vitest";
import { blankPlan, planOf, saidOf, scheduleOf } from "./plan";

const plan = { ...blankPlan("Europe/Berlin"), name: " nightly ", filter: "tag:qa" };

describe("the body of a plan", () => {
  it("is on a filter or on ids, never both", () => {
    expect(scheduleOf(plan)).toMatchObject({ name: "nightly", filter: "tag:qa", ids: [], all: false });
    expect(scheduleOf({ ...plan, on: "ids", ids: ["em_1"] })).toMatchObject({ filter: null, ids: ["em_1"], all: false });
    expect(scheduleOf({ ...plan, filter: " " })).toMatchObject({ filter: null, ids: [], all: true });
  });

  it("takes along what its verb takes, and nothing that an earlier choice left behind", () => {
    const params = { package: " com.example.app ", command: "shell ls" };

    expect(scheduleOf({ ...plan, verb: "run", params }).params).toEqual({ package: "com.example.app" });
    expect(scheduleOf({ ...plan, verb: "quit", params }).params).toEqual({});
  });

  it("keeps the parameters of a verb that the form does not know", () => {
    expect(scheduleOf({ ...plan, verb: "modify" }, { settings: { cpu: 4 } }).params).toEqual({ settings: { cpu: 4 } });
  });

  it("reads waves and limits as they are typed", () => {
    expect(scheduleOf({ ...plan, waves: "1, 5 25%", stop_on_failures: " 10% " }).policy).toEqual({ waves: ["1", "5", "25%"], pause_s: 0, stop_on_failures: "10%" });
  });

  it("is the same again after it was kept and opened", () => {
    const sent = scheduleOf({ ...plan, waves: "1, 25%", blackouts: [{ start: "22:00", end: "06:00", days: ["sat"] }] });
    const kept = { ...sent, id: "sc_1", requested_by: "anna", next_runs: [], last: null, version: 1, created_at: "", updated_at: "" } as unknown as Parameters<typeof planOf>[0];

    expect(scheduleOf(planOf(kept))).toEqual(sent);
  });
});

it.each([
  ["30 3 * * *", { kind: "daily", at: "03:30" }],
  ["0 6 * * mon-fri", { kind: "weekdays", at: "06:00" }],
  ["5 * * * *", { kind: "hourly", at: "05" }],
  ["*/15 * * * *", { kind: "minutes", at: "15" }],
  ["0 6 1 * *", { kind: "other", at: "0 6 1 * *" }],
  ["0 6,18 * * *", { kind: "other", at: "0 6,18 * * *" }],
  ["nonsense", { kind: "other", at: "nonsense" }],
])("says %s as people do", (cron, said) => {
  expect(saidOf(cron)).toEqual(said);
});
