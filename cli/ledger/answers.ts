import type { Ended } from '../../lib/ledger/ended-sessions.ts'
import type { NotedCall, PersonRow } from '../../lib/ledger/ledger.ts'
import { count } from '../input/input.ts'
import { wrap } from '../lines.ts'
import { maskAddress } from '../mask.ts'
import { toTimestamp } from '../progress/run-json.ts'
import { describeMoment } from '../times.ts'
import type { Asked, BadLine } from './read-addresses.ts'

/** What the ledger says about a person: an empty row if it says nothing. */
export type Answer = Asked & { row: PersonRow; ended: Ended | undefined }

/** Whether the ledger says that a person's password was killed, or that they had none. */
export function isReset({ row }: Answer): boolean {
  return row.resetAt !== undefined
}

/** What the ledger says, in lines of text of at most so many columns. */
export function answerLines(
  answers: readonly Answer[],
  faults: readonly BadLine[],
  columns: number,
): string[] {
  const entries = [
    ...answers.map((answer) => ({
      line: answer.line,
      texts: [maskAddress(answer.address), ...describe(answer)],
    })),
    ...faults.map(({ line, rule }) => ({ line, texts: [`the line ${rule}`] })),
  ].toSorted((a, b) => a.line - b.line)
  const width = String(entries.at(-1)?.line).length
  const indent = ' '.repeat(width + 2)
  const resets = answers.filter(isReset).length
  const bad = faults.length > 0 ? `; ${count(faults.length, 'line')} could not be read` : ''
  return [
    `${resets} of ${answers.length} known as reset${bad}`,
    ...entries.flatMap(({ line, texts: [first = '', ...others] }) => [
      ...wrap(`${String(line).padStart(width)}  `, first, columns),
      ...others.flatMap((text) => wrap(`${indent}  `, text, columns)),
    ]),
  ]
}

function describe({ row, ended }: Answer): string[] {
  const { resetAt, outcome } = row
  const passwords =
    resetAt === undefined
      ? 'not known as reset'
      : `${outcome === 'no_password' ? 'had no password to reset' : 'reset'} ${describeMoment(resetAt)}${byEvent(row)}`
  const call = laterCall(row)
  const note =
    call &&
    `${describeMoment(call.at)} a call may have reset the password, and was not answered usably: ${call.code}`
  return [passwords, ...(note ? [note] : []), ...describeSessions(row, ended)]
}

/** The latest call, if any since the last reset, of which nobody knows whether it reset the person. */
function laterCall({
  resetAt = Number.NEGATIVE_INFINITY,
  uncertain,
  unusable,
}: PersonRow): NotedCall | undefined {
  return [uncertain, unusable]
    .flatMap((call) => (call && call.at > resetAt ? call : []))
    .toSorted((a, b) => b.at - a.at)[0]
}

function describeSessions({ resetAt }: PersonRow, ended: Ended | undefined): string[] {
  if (!ended) return resetAt === undefined ? [] : ['sessions not known to have ended']
  const moment = ended.endedAt === undefined ? '' : ` ${describeMoment(ended.endedAt)}`
  const text = `sessions ended${moment}${byEvent(ended)}`
  return isForReset(resetAt, ended)
    ? [text]
    : [`sessions not known to have ended since this reset; before: ${text}`]
}

/** Whether the sessions ended for the person's latest reset. */
function isForReset(resetAt: number | undefined, ended: Ended): boolean {
  return resetAt === undefined || ended.resetAt >= resetAt
}

function byEvent({ source, eventId }: { source?: string | undefined; eventId?: string | undefined }): string {
  return eventId === undefined ? '' : ` for ${eventId} of ${source ?? 'an unknown source'}`
}

/** The same as one object. */
export function toAnswersJson(answers: readonly Answer[], faults: readonly BadLine[]) {
  const noted = (call: NotedCall | undefined) => call && { at: toTimestamp(call.at), code: call.code }
  return {
    known_as_reset: answers.filter(isReset).length,
    people: answers.map(({ line, address, row, ended }) => ({
      ...{
        line,
        address: maskAddress(address),
        outcome: row.resetAt === undefined ? undefined : row.outcome,
      },
      ...{ reset_at: toTimestamp(row.resetAt), source: row.source, event_id: row.eventId },
      may_have_been_reset: noted(laterCall(row)),
      sessions: ended && {
        ended_at: toTimestamp(ended.endedAt),
        ...{ source: ended.source, event_id: ended.eventId, for_this_reset: isForReset(row.resetAt, ended) },
      },
    })),
    not_an_address: faults,
  }
}
