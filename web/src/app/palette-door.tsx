import { Suspense, lazy } from "react";

const Inside = lazy(() => import("@/app/palette").then(({ Palette }) => ({ default: Palette })));

interface Props {
  opened: boolean;
  onClose: () => void;
  onHelp: () => void;
}

/** The command palette is fetched when it is opened first. */
export function Palette(props: Props) {
  if (!props.opened) return null;
  return (
    <Suspense fallback={null}>
      <Inside {...props} />
    </Suspense>
  );
}
