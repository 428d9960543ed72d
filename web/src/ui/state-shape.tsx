import type { ReactElement } from "react";
import type { Shape } from "@/lib/states";

const size = { width: 14, height: 14, viewBox: "0 0 14 14", "aria-hidden": true } as const;
const line = { fill: "none", stroke: "currentColor", strokeWidth: 1.7, strokeLinecap: "round", strokeLinejoin: "round" } as const;

// Made once: a row that is drawn anew does not make its icon anew. None of them moves by itself.
const SHAPES: Record<Shape, ReactElement> = {
  dot: <svg {...size}><circle cx="7" cy="7" r="6" fill="currentColor" opacity=".24" /><circle cx="7" cy="7" r="3.4" fill="currentColor" /></svg>,
  ring: <svg {...size}><circle cx="7" cy="7" r="4" {...line} /></svg>,
  turning: <svg {...size}><circle cx="7" cy="7" r="4.6" {...line} opacity=".3" /><path d="M7 2.4a4.6 4.6 0 0 1 4.6 4.6" {...line} /><path d="M10.1 5.9l1.5 1.4 1.3-1.6" {...line} strokeWidth={1.3} /></svg>,
  "turning-back": <svg {...size}><circle cx="7" cy="7" r="4.6" {...line} opacity=".3" /><path d="M7 2.4A4.6 4.6 0 0 0 2.4 7" {...line} /><path d="M1.1 5.7l1.3 1.6 1.5-1.4" {...line} strokeWidth={1.3} /></svg>,
  half: <svg {...size}><circle cx="7" cy="7" r="4.6" {...line} /><path d="M7 2.4a4.6 4.6 0 0 1 0 9.2z" fill="currentColor" /></svg>,
  alert: <svg {...size}><path d="M7 1.3l6 11H1z" fill="currentColor" stroke="currentColor" strokeLinejoin="round" /><path d="M7 5.2v3.2" stroke="var(--surface)" strokeWidth="1.5" strokeLinecap="round" /><circle cx="7" cy="10.4" r=".9" fill="var(--surface)" /></svg>,
  lock: <svg {...size}><path d="M4.4 6.2V4.4a2.6 2.6 0 0 1 5.2 0v1.8" {...line} strokeWidth={1.5} /><rect x="2.6" y="6" width="8.8" height="6.4" rx="1.6" fill="currentColor" /></svg>,
  dashed: <svg {...size}><circle cx="7" cy="7" r="4.4" {...line} strokeDasharray="2.2 2.4" /></svg>,
  check: <svg {...size}><circle cx="7" cy="7" r="6" fill="currentColor" opacity=".24" /><path d="M4.3 7.2l1.9 1.9 3.6-3.9" {...line} /></svg>,
  cross: <svg {...size}><path d="M4 4l6 6M10 4l-6 6" {...line} /></svg>,
  wrench: <svg {...size}><path d="M9.3 1.9a3 3 0 0 0-3.5 4L2.2 9.5a1.6 1.6 0 0 0 2.3 2.3l3.6-3.6a3 3 0 0 0 4-3.5L10.2 6.600 7.900 6.100 7.400 3.800z" fill="currentColor" /></svg>,
};

/** A state's shape, in the colour of the text. */
export function StateShape({ shape }: { shape: Shape }) {
  return SHAPES[shape];
}
