import { expect, it } from "vitest";
import { oneTimePassword } from "@/lib/password";

it("makes a password of 20 signs that nobody confuses, another one each time", () => {
  const made = oneTimePassword();
  expect(made).toMatch(/^[a-zA-Z2-9]{20}$/);
  expect(made).not.toMatch(/[ilo0O1I]/);
  expect(oneTimePassword()).not.toBe(made);
});

it("takes no byte that would make some signs likelier", () => {
  const rounds = [255, 216, 0];
  const made = oneTimePassword((bytes) => bytes.fill(rounds.shift() ?? 1));
  expect(made).toBe("a".repeat(20));
});
