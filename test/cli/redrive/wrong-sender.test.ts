import { expect, it } from 'vitest'
import { toWork } from '../../../cli/redrive/choice.ts'
import { readDeadLetter } from '../../../cli/redrive/dead-letter.ts'
import { parseOptions } from '../../../cli/redrive/options.ts'
import { breachEvent } from '../../fixtures/breach-event.ts'
import { fanOut, rows, SENDER, STRANGER } from '../../functions/fan-out/fan-out.ts'

const FUNCTION = 'AROAFANOUT00000000000'
const GIVEN = { stage: 'prod', go: true } as Parameters<typeof parseOptions>[0]
const WORK = toWork(parseOptions(GIVEN))
const FULL = { consumeQuota: async () => ({ name: 'stage all', maxPerHour: 1 }) }
const event = (more: object = {}, data: object = {}) =>
  breachEvent({ ...more, data: { members: rows(2), ...data } })
const AHEAD = event({ time: '2026-11-20T13:00:00Z' })

/** The codes of the letters of a body, as a redrive reads them, that it sends again when nothing is named. */
async function redriven(body: unknown, sender: string, given: object = {}) {
  const limits = { maxMembersPerEvent: 2, maxMembersPerHour: 1 }
  const { deadLetters, chunks } = await fanOut(body, { ...limits, ...given, sender })
  expect([deadLetters.length, chunks]).toEqual([1, []])
  const letters = deadLetters.map(({ body: Body, attributes = {} }) =>
    readDeadLetter(
      {
        Body,
        Attributes: { SenderId: `${FUNCTION}:fan-out` },
        MessageAttributes: Object.fromEntries(
          Object.entries(attributes).map(([name, StringValue]) => [
            name,
            { DataType: 'String', StringValue },
          ]),
        ),
      },
      { functions: new Set([FUNCTION]), isRehearsed: false },
    ),
  )
  return letters.filter(WORK.isTaken).map(({ code }) => code)
}

it.each<[string, unknown, object]>([
  ['nothing else', event(), {}],
  ['a moment ahead', AHEAD, {}],
  ['a moment ahead, in an envelope', { Type: 'Notification', Message: JSON.stringify(AHEAD) }, {}],
  ['an expirytime that has passed', event({ expirytime: '2026-11-20T11:00:00Z' }), {}],
  ['too many members', event({}, { members: rows(3) }), {}],
  ['a full hour', event(), FULL],
  ['a field that breaks a rule', event({}, { severity: 'worst' }), {}],
  ['a misplaced limit', { ...event(), mode: 'dry_run' }, {}],
  ['another type', event({ type: 'other' }), {}],
])('redrives no event of a wrong sender unless it is named, also one with %s', async (_, body, given) => {
  for (const source of [breachEvent().source, '*'])
    expect(
      await redriven(body, STRANGER, { sources: { [source]: { senders: [SENDER] } }, ...given }),
    ).toEqual([])
})

it('redrives what a right sender may send later, but not what a brake has stopped', async () => {
  const sources = { '*': { senders: [SENDER] } }
  expect(await redriven(AHEAD, SENDER, { sources })).toEqual(['in_future'])
  expect(await redriven(event(), SENDER, { sources, ...FULL })).toEqual([])
})
