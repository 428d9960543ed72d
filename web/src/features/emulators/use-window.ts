import { type RefObject, useLayoutEffect, useState } from "react";

const STEP = 4; // rows that are taken in and left out together
const MORE = 6; // rows beyond each edge

export interface Seen {
  first: number;
  /** The row after the last one. */
  end: number;
  width: number;
  height: number;
}

/** Which rows of one height are to be drawn; what is drawn changes every few rows, not every pixel. */
export function useWindow(scroller: RefObject<HTMLElement | null>, rows: number, rowHeight: number): Seen {
  const [size, setSize] = useState({ width: 0, height: 0 });
  const [first, setFirst] = useState(0);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return undefined;
    const moved = () => setFirst(Math.floor(element.scrollTop / rowHeight / STEP) * STEP);
    const watch = new ResizeObserver(() => {
      setSize({ width: element.clientWidth, height: element.clientHeight });
      moved();
    });
    watch.observe(element);
    element.addEventListener("scroll", moved, { passive: true });
    return () => {
      watch.disconnect();
      element.removeEventListener("scroll", moved);
    };
  }, [scroller, rowHeight]);
  const many = Math.ceil(size.height / rowHeight);
  return { first: Math.max(0, Math.min(first, rows - many) - MORE), end: Math.min(rows, first + many + STEP + MORE), ...size };
}
