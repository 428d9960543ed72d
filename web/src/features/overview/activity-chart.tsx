import "uplot/dist/uPlot.min.css";
import { useComputedColorScheme } from "@mantine/core";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import uPlot from "uplot";
import { count } from "@/lib/amounts";
import { type Activity, activity } from "@/live/activity";

const HEIGHT = 268;
const LEAST_S = 60;
const MOST_S = 1800;

/** How many ran, started and were in trouble since this page was opened. */
export function ActivityChart() {
  const { t, i18n } = useTranslation("overview");
  const theme = useComputedColorScheme();
  return <Drawing key={`${theme} ${i18n.language}`} label={t("activityText")} language={i18n.language} />;
}

/** A canvas takes its colours once: with others it is made anew. It follows the store without React. */
function Drawing({ label, language }: { label: string; language: string }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const holder = box.current;
    if (!holder) return;
    const made = new uPlot(optionsOf(holder.clientWidth, language), dataOf(activity.get()), holder);
    const stop = activity.subscribe(() => made.setData(dataOf(activity.get())));
    const watch = new ResizeObserver(() => made.setSize({ width: holder.clientWidth, height: HEIGHT }));
    watch.observe(holder);
    return () => {
      stop();
      watch.disconnect();
      made.destroy();
    };
  }, [language]);
  return <div ref={box} role="img" aria-label={label} style={{ minHeight: HEIGHT, overflow: "hidden" }} />;
}

function dataOf({ times, ready, starting, troubled }: Activity): uPlot.AlignedData {
  return [[...times], [...ready], [...starting], [...troubled]];
}

function token(name: string, alpha = ""): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim() + alpha;
}

/** From a minute on, so that a page that was just opened is not one second wide. */
function spanOf(_: uPlot, first: number | null, last: number | null): [number, number] {
  const end = last ?? Date.now() / 1000;
  return [end - Math.min(MOST_S, Math.max(LEAST_S, end - (first ?? end))), end];
}

function optionsOf(width: number, language: string): uPlot.Options {
  const clock = new Intl.DateTimeFormat(language, { timeStyle: "medium" });
  const axis = { stroke: token("--text-2"), font: "11px Inter Variable, sans-serif", grid: { stroke: token("--line"), width: 1 }, ticks: { show: false } };
  const line = (name: string) => ({ stroke: token(name), width: 1.5, points: { show: false } });
  return {
    width,
    height: HEIGHT,
    padding: [10, 18, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false } },
    scales: { x: { range: spanOf }, y: { range: (_, __, most) => [0, Math.max(4, (most ?? 0) * 1.12)] } },
    series: [{}, { ...line("--good"), fill: token("--good", "22") }, line("--busy"), line("--bad")],
    axes: [
      { ...axis, size: 28, space: 90, values: (_, at) => at.map((each) => clock.format(each * 1000)) },
      { ...axis, size: 54, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000], values: (_, at) => at.map((each) => count(each, language)) },
    ],
  };
}
