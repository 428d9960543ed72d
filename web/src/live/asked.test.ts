import { beforeEach, expect, it, vi } from "vitest";
import { Asked } from "@/live/asked";
import { fleet } from "@/live/fleet-store";
import { aRow, changed } from "@/live/testing";

const asked = new Asked<"launch" | "quit">();

beforeEach(() => {
  vi.useFakeTimers();
  fleet.replace([aRow("em_1", { name: "a", status: "stopped" }), aRow("em_2", { name: "b" })], []);
});

it("stands until something is seen of the emulator", () => {
  asked.mark(["em_1"], "launch");
  expect([asked.of("em_1"), asked.of("em_2")]).toEqual(["launch", undefined]);

  fleet.push([changed(aRow("em_1", { name: "a", status: "starting" }))]);
  vi.advanceTimersByTime(100);
  expect(asked.of("em_1")).toBeUndefined();
});

it("goes after silence, and where it was refused", () => {
  asked.mark(["em_1"], "launch");
  vi.advanceTimersByTime(15_000);
  expect(asked.of("em_1")).toBeUndefined();

  const refused = asked.mark(["em_2"], "quit");
  refused();
  expect(asked.of("em_2")).toBeUndefined();
});

it("keeps what was asked last when an older one is taken back", () => {
  const older = asked.mark(["em_1"], "launch");
  asked.mark(["em_1"], "quit");
  older();
  expect(asked.of("em_1")).toBe("quit");
});
