import { expect, it } from "vitest";
import { argumentsOf } from "./arguments";

it.each([
  [String.raw`C:\Windows\System32\ipconfig.exe /all`, [String.raw`C:\Windows\System32\ipconfig.exe`, "/all"]],
  [String.raw`"C:\Program Files\a.exe" -n "two words"`, [String.raw`C:\Program Files\a.exe`, "-n", "two words"]],
  ['echo "say \\"hi\\"" ""', ["echo", 'say "hi"', ""]],
  ["   ", []],
])("reads %s", (typed, wanted) => {
  expect(argumentsOf(typed)).toEqual(wanted);
});
