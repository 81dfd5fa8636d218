import { createHash } from 'node:crypto'
import { describeCode } from '../../lib/contract/codes.ts'
import type { Delivery } from '../progress/deliveries.ts'
import { commandAbout, quote } from '../shell.ts'
import { type Html, html, trusted } from './html.ts'
import { STYLE } from './style.ts'
import { factTable, grouped, moment } from './table.ts'
import { notDone, outcomeTable, rowTable, runTable, timesTable } from './tables.ts'
import { timeline } from './timeline.ts'
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
    ['How it ended', html`${outcomeTable(report)}${timeline(delivery)}`],
    ['What could not be done', notDone(report)],
    ['How long it took', timesTable(report)],
    ['Deliveries, redrives and refusals of this event', runTable(report)],
    ['What this does not cover', html`<ul>${NOT_COVERED.map((sentence) => html`<li>${sentence}</li>`)}</ul>`],
    ['How to check this report', evidence(report, hash)],
    ['Rows', rowTable(report)],
  ]
}

/** What a reader must know before anything else. */
function noticesOf({ state, code, detail, mode, open, sessions, last_fact_at, row_count }: Report): Html[] {
  const notices: Html[] = []
  if (state === 'refused')
    notices.push(
      html`<strong>Refused.</strong> Nothing of this event was taken, and nobody was reset by it: <code>${code}</code>, ${code && describeCode(code).meaning}. ${detail}`,
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
  const { event, run, redrive_of, reason, severity, mode, times } = report
  return factTable('Identity and times of the event', [
    ['Source', event ? html`<code>${event.source}</code>` : undefined],
    ['Id', event ? html`<code>${event.id}</code>` : undefined],
    ['Ticket (correlationid)', event?.correlationid],
    ['Reason', reason?.replaceAll('_', ' ')],
    ['Severity', severity],
    ['Mode', mode?.replace('_', ' ')],
    ['Exposed until', report.exposed_at],
    ['Detected', moment(event?.time)],
    ['Sender (unique id in AWS)', report.sender && html`<code>${report.sender}</code>`],
    ['Sent', moment(report.sent_at)],
    ['Accepted', moment(report.accepted_at)],
    ['First reset', moment(times.first_reset_at)],
    ['Last reset', moment(times.last_reset_at)],
    ['Last sessions ended', moment(times.last_sessions_ended_at)],
    ['Refused', moment(report.refused_at)],
    ['Finished', moment(report.finished_at) ?? (report.state === 'open' ? 'not finished' : undefined)],
    ['Run (SQS message id)', html`<code>${run}</code>`],
    ['Redrive of the run', redrive_of && html`<code>${redrive_of}</code>`],
  ])
}

const NOT_COVERED = [
  "A session's JWT is valid for up to 5 minutes after the session ended, wherever it is checked without asking Stytch.",
  'Tokens of connected apps: Stytch does not say that they end with the sessions.',
  "Your application's own cookies and sessions, and those of other systems that the person signed in to by way of Stytch.",
  'A password that a thief has set between the reset and the end of the sessions.',
  "Second factors (MFA), SSO and the person's mailbox are not touched.",
  "Sessions of members whom Stytch's search does not find; those of people on the dead-letter queue; in a dry run, all of them.",
  'Who else was affected: this page is about the rows of the event only. Nobody has sent a message to the people in it.',
]

/** How the page can be compared with the facts it was made from. */
function evidence({ event, run }: Report, hash: string): Html {
  const command = commandAbout(
    'report',
    event ?? { id: run },
    `--run ${quote(run)}`,
    '--stage NAME',
    '--json',
  )
  return html`<p>SHA-256 of the facts, without e-mail addresses:<br><code>${hash}</code></p>
<p>As long as nothing new is known of the event, this gives the same (put your stage):<br>
<code>${command.join(' ')} | sha256sum</code></p>
<p class="soft">The facts are what Breach Reset's functions wrote while they worked, and are kept for 400 days. Equal figures show that page and facts agree, not that nobody with access to the table has changed them.</p>`
}
