import { createHash } from 'node:crypto'
import { describeCode } from '../../lib/contract/codes.ts'
import type { Delivery } from '../progress/deliveries.ts'
import { charts } from './charts.ts'
import { type Html, html, trusted } from './html.ts'
import { STYLE } from './style.ts'
import { factTable, grouped, moment } from './table.ts'
import { evidence, notDone, outcomeTable, rowTable, runTable, timesTable, whatStays } from './tables.ts'
import { type Report, toJson, toReport } from './to-report.ts'

/**
 * A report as one HTML file that needs nothing else. `people`: e-mail addresses by row. Its SHA-256 is of the report
 * without them.
 */
export function toPage(
  delivery: Delivery,
  history: readonly Delivery[],
  people?: readonly (string | undefined)[],
): string {
  const facts = toReport(delivery, history)
  const report = people ? toReport(delivery, history, people) : facts
  const hash = createHash('sha256').update(toJson(facts)).digest('hex')
  const title = report.event?.id ?? report.run
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Breach Reset: report on ${title}</title>
<style>${trusted(STYLE)}</style></head>
<body><main>
${noticesOf(report).map((notice) => html`<p class="notice">${notice}</p>\n`)}
<header><p class="soft">Breach Reset: what became of a breach event</p><h1>${title}</h1>
<p class="soft">As known at ${moment(report.last_fact_at)}. All times are UTC. Rows are counted from 0, as in the event.</p></header>
${tiles(report)}
${sections(delivery, report, hash).map(([heading, content]) => html`<section><h2>${heading}</h2>\n${content}</section>\n`)}
</main></body></html>
`
  return page.markup
}

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64')

function sections(delivery: Delivery, report: Report, hash: string): [string, Html][] {
  return [
    ['The event', aboutEvent(report)],
    ['How it ended', html`${charts(delivery, report)}${outcomeTable(report)}`],
    ['What could not be done', notDone(report)],
    ['Times', timesTable(report)],
    ['Deliveries, redrives and refusals of this event', runTable(report)],
    ['What this does not cover', whatStays()],
    ['How to check this report', evidence(report, hash)],
    ['Rows', rowTable(report)],
  ]
}

/** What a reader must know before anything else. */
function noticesOf({ state, refused, mode, open, sessions, last_fact_at, row_count }: Report): Html[] {
  const notices: Html[] = []
  if (state === 'refused')
    notices.push(
      html`<strong>Refused.</strong> Nothing of this event was taken, and nobody was reset by it: <code>${refused?.code}</code>, ${refused && describeCode(refused.code).meaning}. ${refused?.detail}`,
    )
  if (state === 'open')
    notices.push(
      html`<strong>Not finished.</strong> At ${moment(last_fact_at)} this was open: ${open.count} of ${row_count} rows, and the sessions of ${sessions.open.count} of the people who had been reset.`,
    )
  if (mode === 'dry_run')
    notices.push(
      html`<strong>A dry run.</strong> Nobody was called: every stolen password and session is as it was.`,
    )
  return notices
}

function tiles({ reset, skipped, dead_lettered, sessions, row_count }: Report): Html {
  const tile = (label: string, count: number, kind = '') =>
    html`<div class="${kind}"><dt>${label}</dt><dd>${grouped(count)}</dd></div>`
  const dead = dead_lettered.count + sessions.dead_lettered.count
  return html`<dl class="tiles">${[
    tile('rows in the event', row_count),
    tile('passwords reset', reset.count, 'done'),
    tile('people signed out', sessions.ended.count, 'done'),
    tile('skipped, not called or nothing to reset', skipped.count),
    tile('could not be done', dead, dead > 0 ? 'warn' : ''),
  ]}</dl>`
}

function aboutEvent(report: Report): Html {
  const { event, run, redrive_of, reason, severity, mode } = report
  return factTable('Identity and times of the event', [
    ['Source', event && html`<code>${event.source}</code>`],
    ['Id', event && html`<code>${event.id}</code>`],
    ['Ticket (correlationid)', event?.correlationid],
    ['Reason', reason?.replaceAll('_', ' ')],
    ['Severity', severity],
    ['Mode', mode?.replace('_', ' ')],
    ['Exposed until', report.exposed_at],
    ['Detected', moment(report.detected_at)],
    ['Sent', moment(report.sent_at)],
    ['Accepted', moment(report.accepted_at)],
    ['Finished', report.finished_at ? moment(report.finished_at) : 'not finished'],
    ['Run (SQS message id)', html`<code>${run}</code>`],
    ['Redrive of the run', redrive_of && html`<code>${redrive_of}</code>`],
  ])
}
