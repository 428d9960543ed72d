import type { Schema } from "@/api/types";

export interface Point {
  x: number;
  y: number;
}

const STILL = 12;
const HELD_MS = 500;
const LONGEST_MS = 10_000;

/** The screen's pixel under a place in the window; what lies outside counts as its edge. */
export function pointOf(place: Point, shown: { left: number; top: number; width: number; height: number }, screen: { width: number; height: number }): Point {
  const along = (at: number, from: number, length: number, pixels: number) => Math.max(0, Math.min(pixels - 1, Math.floor(((at - from) / length) * pixels)));
  return { x: along(place.x, shown.left, shown.width, screen.width), y: along(place.y, shown.top, shown.height, screen.height) };
}

/** A tap, a long press where the finger stayed, a swipe where it moved. */
export function gestureOf(from: Point, to: Point, took: number): Pick<Partial<Schema<"InputIn">>, "tap" | "swipe"> {
  const ms = Math.max(1, Math.min(LONGEST_MS, Math.round(took)));
  const moved = Math.hypot(to.x - from.x, to.y - from.y) > STILL;
  if (moved) return { swipe: { ...from, to_x: to.x, to_y: to.y, ms } };
  return ms < HELD_MS ? { tap: from } : { swipe: { ...from, to_x: from.x, to_y: from.y, ms } };
}
