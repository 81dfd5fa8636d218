import { init } from 'echarts'
import type { Delivery } from '../progress/deliveries.ts'
import { type Html, html, trusted } from './html.ts'
import { describeSeconds, type Measured, roundStep, secondsBetween } from './intervals.ts'
import { moment } from './table.ts'
import { endedAtOf, type Report, resetAtOf, toIntervals } from './to-report.ts'

const SIZE = { width: 520, height: 230 }
/** What the style sheet sets, so that a chart follows the colours of the page. */
const COLORS = { done: 'var(--done)', skipped: 'var(--quiet)', dead: 'var(--warn)', open: 'var(--line)' }
const TEXT = { color: 'currentColor', fontSize: 13 }
const LINE = { lineStyle: { color: 'var(--line)' } }

/** The charts of a report, each with what it shows in words. */
export function charts(delivery: Delivery, report: Report): Html {
  const { reset, skipped, dead_lettered, open, sessions, times } = report
  const lanes = [
    { name: 'Passwords', done: 'reset', ends: toEnds({ done: reset, skipped, dead_lettered, open }) },
    { name: 'Sessions', done: 'ended', ends: toEnds({ ...sessions, done: sessions.ended }) },
  ]
  const { detectionToReset, resetToSessionsEnded } = toIntervals(delivery)
  const outcomes = lanes.map(({ name, done, ends }) => `${name}: ${describeEnds(ends, done)}.`).join(' ')
  const shown = [figure('Outcomes', outcomes, drawOutcomes(lanes))]
  if (detectionToReset.length > 0) {
    const { first_reset_at: first, last_reset_at: last, last_sessions_ended_at: ended } = times
    const signedOut = ended && html`; signed out: ${sessions.ended.count}, the last at ${moment(ended)}`
    const words = html`Reset: ${reset.count}, between ${moment(first)} and ${moment(last)}${signedOut}.`
    shown.push(
      figure('Resets and ended sessions, since the event was accepted', words, drawTimeline(delivery)),
    )
  }
  for (const [title, seconds, measured] of [
    ['From detection to reset, people by time', detectionToReset, times.seconds_from_detection_to_reset],
    [
      'From reset to sessions ended, people by time',
      resetToSessionsEnded,
      times.seconds_from_reset_to_sessions_ended,
    ],
  ] as const)
    if (measured) shown.push(figure(title, describeMeasured(measured), drawDistribution(seconds)))
  return html`<div class="charts">${shown}</div>`
}

function figure(title: string, words: string | Html, svg: string): Html {
  return html`<figure><figcaption><strong>${title}</strong>${words}</figcaption>${trusted(svg)}</figure>\n`
}

type Ends = Record<keyof typeof COLORS, number>

function toEnds({
  done,
  skipped,
  dead_lettered,
  open,
}: Pick<Report, 'skipped' | 'dead_lettered' | 'open'> & { done: { count: number } }): Ends {
  return { done: done.count, skipped: skipped.count, dead: dead_lettered.count, open: open.count }
}

function describeEnds(ends: Ends, done: string): string {
  const names = { ...NAMES, done }
  return KINDS.map((kind) => `${ends[kind]} ${names[kind]}`).join(', ')
}

function describeMeasured({ people, median, p95, slowest }: Measured): string {
  return `People: ${people}. Half within ${describeSeconds(median)}, 95 % within ${describeSeconds(p95)}, the last after ${describeSeconds(slowest)}.`
}

const KINDS = ['done', 'skipped', 'dead', 'open'] as const
const NAMES = { done: 'reset or ended', skipped: 'skipped', dead: 'dead-lettered', open: 'open' }

/** How passwords and sessions ended: a bar each. */
function drawOutcomes(lanes: readonly { name: string; ends: Ends }[]): string {
  return draw({
    grid: { left: 84, right: 16, top: 8, bottom: 64 },
    xAxis: COUNT_AXIS,
    yAxis: { ...CATEGORY_AXIS, data: lanes.map(({ name }) => name) },
    series: KINDS.filter((kind) => lanes.some(({ ends }) => ends[kind] > 0)).map((kind) => ({
      ...{ type: 'bar', stack: 'all', name: NAMES[kind], barWidth: 34, silent: true },
      itemStyle: { color: COLORS[kind] },
      data: lanes.map(({ ends }) => ends[kind]),
    })),
  })
}

/** Resets, and people whose sessions have ended, added up since the event was accepted. */
function drawTimeline({ rows, accepted }: Pick<Delivery, 'rows' | 'accepted'>): string {
  const lanes = [
    { name: 'reset', color: COLORS.done, type: 'solid', times: rows.flatMap((row) => resetAtOf(row) ?? []) },
    {
      name: 'sessions ended',
      color: COLORS.skipped,
      type: 'dashed',
      times: rows.flatMap((row) => endedAtOf(row) ?? []),
    },
  ]
  const start = accepted?.at ?? Math.min(...lanes.flatMap(({ times }) => times))
  const longest = Math.max(0, ...lanes.flatMap(({ times }) => times.map((at) => secondsBetween(start, at))))
  return draw({
    grid: { left: 52, right: 44, top: 12, bottom: 64 },
    xAxis: secondsAxis(longest),
    yAxis: COUNT_AXIS,
    series: lanes.map(({ name, color, type, times }) => ({
      ...{ type: 'line', step: 'end', symbol: 'none', silent: true, name },
      ...{ lineStyle: { color, width: 2, type }, itemStyle: { color } },
      data: addUp(
        times.map((at) => secondsBetween(start, at)).toSorted((a, b) => a - b),
        longest,
      ),
    })),
  })
}

const MAX_POINTS = 150

/** How many there are at each moment, or at every nth of many. */
function addUp(ascending: readonly number[], end: number): (readonly [number, number])[] {
  const every = Math.ceil(ascending.length / MAX_POINTS)
  const points = ascending.map((seconds, index) => [seconds, index + 1] as const)
  return [[0, 0], ...points.filter(([, count]) => count % every === 0), [end, ascending.length]]
}

const BINS = 15

/** How many people were done within which time. */
function drawDistribution(seconds: readonly number[]): string {
  const longest = Math.max(...seconds)
  const step = roundStep(longest, BINS)
  const counts = new Array<number>(Math.max(1, Math.ceil(longest / step))).fill(0)
  for (const value of seconds) {
    const bin = Math.max(0, Math.ceil(value / step) - 1)
    counts[bin] = (counts[bin] ?? 0) + 1
  }
  return draw({
    grid: { left: 52, right: 44, top: 12, bottom: 40 },
    xAxis: secondsAxis(counts.length * step),
    yAxis: COUNT_AXIS,
    series: {
      ...{ type: 'line', step: 'end', symbol: 'none', silent: true },
      ...{ lineStyle: { color: COLORS.done, width: 1 }, areaStyle: { color: COLORS.done, opacity: 0.6 } },
      data: [[0, 0], ...counts.map((count, bin) => [bin * step, count]), [counts.length * step, 0]],
    },
  })
}

const COUNT_AXIS = {
  ...{ type: 'value', min: 0, minInterval: 1, splitNumber: 4, splitLine: LINE },
  axisLabel: TEXT,
}
const CATEGORY_AXIS = {
  ...{
    type: 'category',
    inverse: true,
    axisLabel: TEXT,
    axisLine: { show: false },
    axisTick: { show: false },
  },
}

function secondsAxis(longest: number) {
  const step = roundStep(longest, 5)
  const max = step * Math.max(1, Math.ceil(longest / step))
  const axisLabel = {
    ...TEXT,
    formatter: (seconds: number) => (seconds === 0 ? '0' : describeSeconds(seconds)),
  }
  return { type: 'value', min: 0, max, interval: step, axisLabel, axisLine: LINE, splitLine: { show: false } }
}

/** Draws a chart as SVG without styles of its own, which the page's policy would refuse: the page's style sheet has them. */
function draw(options: object): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, ...SIZE })
  const legend = {
    bottom: 0,
    selectedMode: false,
    textStyle: TEXT,
    itemWidth: 22,
    itemHeight: 12,
    itemGap: 28,
  }
  chart.setOption({ animation: false, textStyle: { fontFamily: 'sans-serif' }, legend, ...options })
  const svg = chart.renderToSVGString()
  chart.dispose()
  return svg
    .replace(/<style.*?<\/style>/gs, '')
    .replace(/ (?:style|class|pointer-events|ecmeta_\w+)="[^"]*"/g, '')
    .replace(/^<svg width="\d+" height="\d+"/, '<svg aria-hidden="true"')
}
