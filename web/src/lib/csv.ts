/** RFC 4180, with a mark that has Excel read UTF-8. A cell that would be a formula there is none. */
export function csv(head: readonly string[], rows: readonly (readonly unknown[])[]): string {
  const lines = [head, ...rows].map((row) => row.map(cell).join(","));
  return `\uFEFF${lines.join("\r\n")}\r\n`;
}

function cell(value: unknown): string {
  const text = value === null || value === undefined ? "" : String(value);
  const safe = typeof value === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Hands a text to the browser as a file. */
export function download(name: string, text: string, type = "text/csv"): void {
  const link = document.createElement("a");
  const url = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

/** The rows of a CSV text by the names in its first line (RFC 4180; comma or semicolon, as Excel writes it). */
export function parseCsv(text: string): { head: string[]; rows: Record<string, string>[] } {
  const plain = text.replace(/^\uFEFF/, "");
  const separator = (plain.split(/\r?\n/, 1)[0] ?? "").includes(";") ? ";" : ",";
  const [head = [], ...rest] = cellsOf(plain, separator).filter((row) => row.some((each) => each.trim() !== ""));
  const names = head.map((each) => each.trim().toLowerCase());
  return { head: names, rows: rest.map((row) => Object.fromEntries(names.map((name, at) => [name, (row[at] ?? "").trim()]))) };
}

function cellsOf(text: string, separator: string): string[][] {
  const rows: string[][] = [[""]];
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at] as string;
    const row = rows.at(-1) as string[];
    const add = (more: string) => void row.push(`${row.pop() ?? ""}${more}`);
    if (quoted) {
      if (sign !== '"') add(sign);
      else if (text[at + 1] !== '"') quoted = false;
      else {
        add('"');
        at += 1;
      }
    } else if (sign === '"') quoted = true;
    else if (sign === separator) row.push("");
    else if (sign === "\n") rows.push([""]);
    else if (sign !== "\r") add(sign);
  }
  return rows;
}
