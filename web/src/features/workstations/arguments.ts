const WORD = /"((?:[^"\\]|\\(?!")|\\")*)"|(\S+)/g;

/** A typed command as the program and its arguments; double quotes hold spaces together, as on Windows. */
export function argumentsOf(typed: string): string[] {
  return [...typed.matchAll(WORD)].map(([, quoted, plain]) => quoted?.replaceAll('\\"', '"') ?? plain ?? "");
}
