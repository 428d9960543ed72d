import { describe, expect, it } from "vitest";
import { gestureOf, pointOf } from "./touch";

const SHOWN = { left: 100, top: 50, width: 640, height: 360 };
const SCREEN = { width: 1280, height: 720 };

describe("a finger on the screen", () => {
  it("touches the pixel under it", () => {
    expect(pointOf({ x: 420, y: 230 }, SHOWN, SCREEN)).toEqual({ x: 640, y: 360 });
  });

  it("touches the edge where it is outside", () => {
    expect(pointOf({ x: 0, y: 900 }, SHOWN, SCREEN)).toEqual({ x: 0, y: 719 });
  });

  it("taps, also where it trembles", () => {
    expect(gestureOf({ x: 10, y: 20 }, { x: 14, y: 22 }, 90)).toEqual({ tap: { x: 10, y: 20 } });
  });

  it("presses long where it stays", () => {
    expect(gestureOf({ x: 10, y: 20 }, { x: 10, y: 20 }, 700)).toEqual({ swipe: { x: 10, y: 20, to_x: 10, to_y: 20, ms: 700 } });
  });

  it("swipes for as long as it moved", () => {
    expect(gestureOf({ x: 10, y: 20 }, { x: 300, y: 20 }, 250.4)).toEqual({ swipe: { x: 10, y: 20, to_x: 300, to_y: 20, ms: 250 } });
  });
});
