import { lazyRouteComponent } from "@tanstack/react-router";
import { type Namespace, loadWords } from "@/i18n";

/** A page and the words it has beside those of the shell: both are fetched when somebody goes there first. */
export function lazyPage<M extends Record<string, unknown>, K extends keyof M>(load: () => Promise<M>, name: K, ...words: Namespace[]) {
  return lazyRouteComponent(async () => {
    const [page] = await Promise.all([load(), loadWords(words)]);
    return page;
  }, name);
}
