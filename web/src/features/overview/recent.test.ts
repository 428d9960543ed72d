import { expect, it } from "vitest";
import type { Batch, Operation } from "@/api/types";
import { merged } from "./recent";

const batch = (id: string, created_at: string) => ({ id, created_at }) as Batch;
const operation = (id: string, created_at: string, batch_id: string | null = null) => ({ id, created_at, batch_id }) as Operation;

it("tells a batch once, not by each of its operations, and the latest first", () => {
  const found = merged([batch("ba_1", "2026-11-30T10:00:00Z")], [operation("op_1", "2026-11-30T10:00:01Z", "ba_1"), operation("op_2", "2026-11-30T11:00:00Z")]);
  expect(found.map((each) => (each.is === "batch" ? each.batch.id : each.operation.id))).toEqual(["op_2", "ba_1"]);
});
