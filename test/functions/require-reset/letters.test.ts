import { describe, expect, it } from 'vitest'
import { CODES } from '../../../lib/contract/codes.ts'
import type { Answer } from '../../../lib/stytch/ask-stytch.ts'
import { answers, createResetWorld, resetEvent } from '../../fakes/create-reset-world.ts'

/** Past its retry horizon. */
const LATE = { firsttriedat: '2026-11-19T12:00:00.000Z' }
const people = (count: number) => Array.from({ length: count }, (_, i) => `m${i}@x.example`)

/** The codes, of those that the functions know, of people of whom a redrive asks first, because it may repeat a reset. */
const ASKED = Object.entries(CODES).flatMap(([code, entry]) =>
  entry.of !== 'tools' && 'redrive' in entry && entry.redrive.kind === 'asks' ? [code] : [],
)
const MISMATCH = { ...{ status_code: 200, request_id: 'r' }, member: { email_address: 'else@x.example' } }
const ANSWERS: Record<string, Answer> = {
  timeout: answers.timeout(),
  connection_lost: { kind: 'unanswered', code: 'connection_lost' },
  invalid_response: answers.json(200, {}),
  response_mismatch: answers.json(200, MISMATCH),
}

async function lettersAfter(answer: Answer | undefined, count = 1) {
  const world = createResetWorld({ config: { callsInFlight: 1 } })
  world.stytch = () => answer ?? answers.reset()
  await world.handle([resetEvent(people(count), LATE)])
  const letters = world.deadLetters().map(({ attributes }) => attributes)
  return { letters, called: new Set(world.calls.map(({ email }) => email)).size }
}

describe('the dead letter of a person', () => {
  it.each(ASKED)('asks before a redrive when the code is %s', async (code) => {
    const { letters } = await lettersAfter(ANSWERS[code])
    expect(letters).toMatchObject([{ 'failure-code': code, redrive: 'ask' }])
  })

  it('asks also for people with such a code whom nobody called any more', async () => {
    const { letters, called } = await lettersAfter(answers.timeout(), 30)
    expect(called).toBeLessThan(30)
    expect(letters).toHaveLength(30)
    for (const letter of letters) expect(letter).toMatchObject({ 'failure-code': 'timeout', redrive: 'ask' })
  })

  it.each([answers.error(400, 'invalid_email'), answers.error(503, 'server_unavailable')])(
    'can be redriven without a question when no call can have reset anyone',
    async (answer) => {
      const { letters } = await lettersAfter(answer)
      expect(letters).toMatchObject([{ redrive: 'again' }])
    },
  )

  it('asks after an unanswered call, whatever the answer to the next one was', async () => {
    const given = [answers.timeout(), answers.error(400, 'invalid_email')]
    const world = createResetWorld()
    world.stytch = () => given.shift() ?? answers.reset()
    await world.handle([resetEvent(people(1))])
    const [letter] = world.deadLetters()
    expect(letter?.attributes).toMatchObject({ 'failure-code': 'invalid_email', redrive: 'ask' })
  })
})
