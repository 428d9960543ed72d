/** What the browser keeps between visits. Where it may not, the page lives without. */
export function kept<T>(name: string, otherwise: T): T {
  try {
    const text = localStorage.getItem(`ldfleet-${name}`);
    return text === null ? otherwise : (JSON.parse(text) as T);
  } catch {
    return otherwise;
  }
}

export function keep(name: string, value: unknown): void {
  try {
    localStorage.setItem(`ldfleet-${name}`, JSON.stringify(value));
  } catch {
    // A full or forbidden storage must not break the page.
  }
}
