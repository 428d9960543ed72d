import { beforeEach, expect, it, vi } from "vitest";
import { fleet } from "@/live/fleet-store";
import { FleetOrder, type FleetView } from "@/live/order";
import { aRow, changed } from "@/live/testing";

const BY_NAME: FleetView = { matches: () => true, compare: (one, other) => one.name.localeCompare(other.name), depends: new Set(["name"]) };
let order: FleetOrder;

beforeEach(() => {
  vi.useFakeTimers();
  fleet.replace([aRow("em_1", { name: "b" }), aRow("em_2", { name: "c" })], []);
  order = new FleetOrder(BY_NAME);
  order.start();
});

function rename(id: string, name: string): void {
  fleet.push([changed(aRow(id, { name }))]);
  vi.advanceTimersByTime(100);
}

it("orders anew at most once a second", () => {
  rename("em_2", "a");
  expect(order.ids.get()).toEqual(["em_1", "em_2"]);
  vi.advanceTimersByTime(1000);
  expect(order.ids.get()).toEqual(["em_2", "em_1"]);
});

it("stays where what changed is not what it is ordered by", () => {
  const before = order.ids.get();
  fleet.push([changed(aRow("em_1", { name: "b", status: "frozen" }))]);
  vi.advanceTimersByTime(2000);
  expect(order.ids.get()).toBe(before);
});

it("is held while the pointer is on the rows, and catches up when it leaves", () => {
  order.pointed(true);
  rename("em_2", "a");
  vi.advanceTimersByTime(5000);
  expect([order.ids.get(), order.held.get()]).toEqual([["em_1", "em_2"], true]);

  order.pointed(false);
  expect([order.ids.get(), order.held.get()]).toEqual([["em_2", "em_1"], false]);
});

it("shows the fleet as soon as it is known", () => {
  fleet.replace([], []);
  fleet.size.set(null); // as before the first snapshot
  const early = new FleetOrder(BY_NAME);
  early.start();
  fleet.replace([aRow("em_1", { name: "b" })], []);
  expect(early.ids.get()).toEqual(["em_1"]);
});

it("obeys a new filter at once, pointer or not", () => {
  order.pointed(true);
  rename("em_2", "a");
  order.show({ ...BY_NAME, matches: (row) => row.name === "a" });
  expect(order.ids.get()).toEqual(["em_2"]);
});
