import { expect, it } from 'vitest'
import { toDeadLetter } from '../../../lib/queue/dead-letter.ts'
import { breachEvent } from '../../fixtures/breach-event.ts'
import { event, openQueues } from '../redrive/open-queues.ts'
import { openStage } from '../redrive/open-stage.ts'

const HOUR_MS = 60 * 60 * 1000

const letter = (name: string, code: string, more: object = {}) =>
  toDeadLetter(event(name, more), { code, redrive: 'again' }, Date.now())

/** A stage with two letters of one event, and one of another source, another id and another code. */
async function openFilled() {
  const open = await openStage()
  await open.sendDead(
    letter('ada', 'organization_suspended'),
    letter('bob', 'http_500'),
    letter('cyd', 'organization_suspended', { source: 'urn:other', id: 'other' }),
  )
  return open
}

it.each([
  [['--code', 'http_500'], ['bob']],
  [
    ['--code', 'http_500', '--code', 'organization_suspended'],
    ['ada', 'bob', 'cyd'],
  ],
  [['--event', 'other'], ['cyd']],
  [
    ['--source', 'urn:detector:stealer-logs'],
    ['ada', 'bob'],
  ],
  [
    ['--newer-than', '1h'],
    ['ada', 'bob', 'cyd'],
  ],
  [['--event', '41234-2026-11-20', '--code', 'organization_suspended', '--newer-than', '1d'], ['ada']],
])('redrives what is chosen by %j', async (choice, redriven) => {
  const { breach, names, type } = await openFilled()
  expect(await type(...choice, '--go')).toMatchObject({ code: 0, stderr: '' })
  expect(names(breach.url)).toEqual(redriven)
})

it.each([
  [['--code', 'time-out'], '--code: there is no letter with time-out'],
  [['--code', 'http_500', '--code', 'timeout', '--go'], '--code: there is no letter with timeout'],
  [['--event', 'nobody', '--go'], 'nothing was chosen: none of the letters fits all that was given'],
  [
    ['--event', 'other', '--code', 'http_500', '--delete'],
    'nothing was chosen: none of the letters fits all that was given',
  ],
  [['--older-than', '1h', '--delete'], 'nothing was chosen: none of the letters fits all that was given'],
  [['--split'], 'nothing was chosen: --split is for events over the limit'],
])('says what there is, with exit code 2, when %j chooses nothing', async (args, sentence) => {
  const { type } = await openFilled()
  const listeners = process.listenerCount('SIGINT')
  const { code, stdout, stderr } = await type(...args)
  expect([code, stderr]).toEqual([2, `${sentence}\n`])
  expect(stdout).toContain('organization_suspended')
  expect(process.listenerCount('SIGINT')).toBe(listeners)
})

it('chooses by age with the clock of AWS, and takes no more than the limit', async () => {
  const { redrive, sendDead, breach, names } = await openQueues()
  await sendDead(letter('ada', 'http_500'), letter('bob', 'http_500'), letter('cyd', 'http_500'))
  const count = async (...given: Parameters<typeof redrive>) =>
    (await redrive(...given)).groups.reduce((sum, { letters }) => sum + letters, 0)
  expect(await count('preview', { olderThan: HOUR_MS })).toBe(0)
  expect(await count('preview', { olderThan: -HOUR_MS })).toBe(3)
  expect(await count('preview', { newerThan: -HOUR_MS })).toBe(0)
  const few = await redrive('preview', {}, { limit: 2 })
  expect(few).toMatchObject({ more: true, groups: [{ letters: 2 }] })
  expect(await redrive('redrive', {}, { limit: 2 })).toMatchObject({ more: true })
  expect(names(breach.url)).toHaveLength(2)
})

it('shows letters with masked addresses, and reveals them when asked', async () => {
  const { type, typeJson, sendDead, sendAsStranger, queue, dead } = await openStage()
  const foreign = await queue({
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 1 }),
  })
  await sendAsStranger(foreign.url, letter('mallory', 'http_500'))
  for (const VisibilityTimeout of [0, 30]) await foreign.receive({ VisibilityTimeout })
  const rows = ['ada', 'bob', 'cyd', 'dan', 'eve', 'fay'].map((name) => `${name}@x.example`)
  const members = [...rows, '\u001B[2Jada', 7].map((email_address) => ({ email_address }))
  const body = JSON.stringify(breachEvent({ data: { members } }))
  const failure = { code: 'organization_suspended', detail: 'is suspended', stytchRequestId: 'request-1' }
  await sendDead(toDeadLetter(body, failure, Date.now()))

  const masked = await type('--show')
  expect(masked).toMatchObject({ code: 0, stderr: '' })
  expect(masked.stdout).toContain('a…@x.example, b…@x.example')
  expect(masked.stdout).toContain('and 2 more')
  expect(masked.stdout).toContain('from the foreign queue queue-4')
  expect(masked.stdout).toContain('sent by AIDATESTER00000000000, one of our functions')
  expect(masked.stdout).toContain('is suspended')
  expect(masked.stdout).not.toMatch(/ada@|Jada|mallory/)
  const { letters } = await typeJson('--show', '--reveal', '--event', '41234-2026-11-20')
  const [shown] = letters.filter(({ rows: count }: { rows: number }) => count === 8)
  expect(shown).toMatchObject({
    ...{ addresses: [...rows, '(not an address)'], more_addresses: 0, sent_by_our_function: true },
    ...{ stytch_request_id: 'request-1', source: 'urn:detector:stealer-logs' },
  })
})

it('redrives nothing in a stage that is a dry run: the letters would be used up and nobody reset', async () => {
  const { type, sendDead, dlq } = await openStage({ Mode: 'dry_run' })
  await sendDead(letter('ada', 'http_500'))
  for (const args of [['--go'], ['--split'], ['--rehearsed', '--go']])
    expect(await type(...args)).toMatchObject({
      ...{ code: 1, stdout: '', stderr: expect.stringContaining('is a dry run') },
    })
  expect(dlq().visible).toBe(1)
  expect(await type()).toMatchObject({ code: 0, stderr: '' })
})

it('shows by source what a dry run kept, and sends it once the stage resets', async () => {
  const limits = { MaxMembersPerHour: '2', StytchRequestsPerSecond: '1' }
  const { type, rehearsed, sendAsStranger, breach, names, queueUp } = await openRehearsed(limits)
  await queueUp('ada', 'bob', 'cyd')
  await sendAsStranger(rehearsed.url, { body: event('mallory') })
  const preview = await type('--rehearsed')
  expect(preview).toMatchObject({ code: 0, stderr: '' })
  expect(preview.stdout).toMatch(/ 3 +3 {2}\d s +\d s +urn:detector:stealer-logs\n/)
  expect(preview.stdout.replaceAll('\n', ' ')).toContain(
    'With --go: 3 members, 3 s at 1 request a second, 2 hours at 2 members an hour',
  )
  expect((await type('--rehearsed', '--older-than', '1d')).code).toBe(2)
  expect(await type('--rehearsed', '--code', 'rehearsed', '--go')).toMatchObject({ code: 0, stderr: '' })
  expect([names(breach.url), names(rehearsed.url)]).toEqual([['ada', 'bob', 'cyd'], ['mallory']])
})

async function openRehearsed(outputs: Record<string, string>) {
  const open = await openStage(outputs)
  const queueUp = (...people: string[]) => Promise.all(people.map((name) => open.rehearsed.send(event(name))))
  return { ...open, queueUp }
}
