import { useEffect, useRef } from "react";
import { useNavigate } from "@tanstack/react-router";
import { FEATURES } from "@/app/features";

interface Doors {
  onPalette: () => void;
  onHelp: () => void;
  onTasks: () => void;
}

const CHORD_MS = 1200;

/** Whether the keys belong to a field or a dialog. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.closest('[role="dialog"]') !== null;
}

/** Ctrl-K, `?`, `/`, and `g` with a page's letter. No bare letter starts anything that hurts. */
export function useKeyboard({ onPalette, onHelp, onTasks }: Doors): void {
  const navigate = useNavigate();
  const doors = useRef({ onPalette, onHelp, onTasks });
  useEffect(() => {
    doors.current = { onPalette, onHelp, onTasks };
  });
  useEffect(() => {
    let goUntil = 0;
    function pressed(event: KeyboardEvent) {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        doors.current.onPalette();
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (performance.now() < goUntil) {
        goUntil = 0;
        const to = FEATURES.find((each) => each.key === event.key);
        if (to) void navigate({ to: to.path });
        else if (event.key === "t") doors.current.onTasks();
        return;
      }
      if (event.key === "g") goUntil = performance.now() + CHORD_MS;
      else if (event.key === "?") doors.current.onHelp();
      else if (event.key === "/") {
        const filter = document.querySelector<HTMLInputElement>("[data-filter]");
        if (filter) event.preventDefault();
        filter?.focus();
      }
    }
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, [navigate]);
}
