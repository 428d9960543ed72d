import { expect, it } from "vitest";
import { forEach } from "@/lib/each";

it("tells of each how it went, in the order given", async () => {
  const refused = new Error("no");

  const outcomes = await forEach([3, 1, 2], (item) => (item === 1 ? Promise.reject(refused) : Promise.resolve()), 2);

  expect(outcomes).toEqual([
    { item: 3, error: null },
    { item: 1, error: refused },
    { item: 2, error: null },
  ]);
});

it("does no more at once than it may", async () => {
  let now = 0;
  let most = 0;
  await forEach([1, 2, 3, 4, 5, 6], async () => {
    most = Math.max(most, ++now);
    await Promise.resolve();
    now -= 1;
  }, 2);

  expect(most).toBe(2);
});
