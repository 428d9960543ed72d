import "uplot/dist/uPlot.min.css";
import { useComputedColorScheme } from "@mantine/core";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import uPlot from "uplot";

const HEIGHT = 132;

interface Props {
  label: string;
  /** Seconds since 1970, rising. */
  times: readonly number[];
  /** Null: nothing was seen then; the line has a gap. */
  values: readonly (number | null)[];
  told: (value: number) => string;
  /** How far back it goes from now, in hours: also where nothing was seen. */
  hours: number;
  most?: number;
  /** The token of its colour. */
  color: string;
}

/** A value over time, as wide as there is room. */
export function TimeChart(props: Props) {
  const { i18n } = useTranslation();
  const theme = useComputedColorScheme();
  return <Drawing key={`${theme} ${i18n.language}`} {...props} language={i18n.language} />;
}

/** A canvas takes its colours once: with others it is made anew. */
function Drawing({ label, times, values, told, hours, most, color, language }: Props & { language: string }) {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const data = useRef<uPlot.AlignedData>([[], []]);
  const tell = useRef(told);

  useEffect(() => {
    tell.current = told;
    data.current = [times as number[], values as (number | null)[]];
    chart.current?.setData(data.current);
  }, [times, values, told]);
  useEffect(() => {
    const holder = box.current;
    if (!holder) return;
    const made = new uPlot(optionsOf({ width: holder.clientWidth, hours, most, colour: token(color), soft: token(color, 14), line: token("--line"), text: token("--text-2"), told: (value) => tell.current(value), language }), data.current, holder);
    chart.current = made;
    const watch = new ResizeObserver(() => made.setSize({ width: holder.clientWidth, height: HEIGHT }));
    watch.observe(holder);
    return () => {
      watch.disconnect();
      made.destroy();
    };
  }, [color, hours, most, language]);

  return <div ref={box} role="img" aria-label={label} style={{ minHeight: HEIGHT }} />;
}

/** A token's colour as a canvas understands it; with `percent`, so much of it. */
function token(name: string, percent = 100): string {
  const colour = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  return percent === 100 ? colour : `${colour}${Math.round((255 * percent) / 100).toString(16).padStart(2, "0")}`;
}

interface Drawn {
  width: number;
  hours: number;
  most: number | undefined;
  colour: string;
  soft: string;
  line: string;
  text: string;
  told: (value: number) => string;
  language: string;
}

function optionsOf({ width, hours, most, colour, soft, line, text, told, language }: Drawn): uPlot.Options {
  const clock = new Intl.DateTimeFormat(language, { timeStyle: "short" });
  const day = new Intl.DateTimeFormat(language, { month: "short", day: "numeric" });
  const DAY_S = 86_400;
  const axis = { stroke: text, font: "11px Inter Variable, sans-serif", grid: { stroke: line, width: 1 }, ticks: { show: false } };
  return {
    width,
    height: HEIGHT,
    padding: [8, 16, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false } },
    scales: { x: { range: () => [Date.now() / 1000 - hours * 3600, Date.now() / 1000] }, y: { range: (_, __, highest) => [0, most ?? Math.max(1, highest * 1.1)] } },
    series: [{}, { stroke: colour, fill: soft, width: 1.5, points: { show: false } }],
    axes: [
      { ...axis, size: 26, values: (_, at, __, ___, step) => at.map((each) => (step >= DAY_S ? day : clock).format(each * 1000)) },
      { ...axis, size: 62, values: (_, at) => at.map((each) => told(each)), splits: most === undefined ? undefined : () => [0, most / 2, most] } as uPlot.Axis,
    ],
  };
}
