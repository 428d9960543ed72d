import { type ComponentType, Suspense, lazy } from "react";

/** A part that is fetched when it is shown first, a dialog or a panel; until it is there, nothing is. */
export function lazily<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  const Inside = lazy(async () => ({ default: await load() })) as unknown as ComponentType<P>;
  return function Lazily(props: P) {
    return (
      <Suspense fallback={null}>
        <Inside {...props} />
      </Suspense>
    );
  };
}
