import { StartMessageMoveTaskCommand } from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readDeadLetters } from '../../../../cli/start/dead-letters.ts'
import { type LocalSystem, startLocalSystem } from '../../../../infra/local/local-system.ts'
import { breachEvent } from '../../../fixtures/breach-event.ts'
import { stages } from '../../../fixtures/stages.ts'
import { addCrowd, countOn, countResets, deadLettered, isDrained, send, signedIn } from './crowd.ts'
import { waitUntil } from './wait-until.ts'

let system: LocalSystem

beforeAll(async () => {
  const stage = { ...stages.local, stytchRequestsPerSecond: 2000, maxMembersPerEvent: 1000 }
  system = await startLocalSystem({ stageName: 'local', stage })
})
afterAll(() => system?.stop())
beforeEach(() => system.stytch.clearFaults())

async function process(...bodies: unknown[]): Promise<void> {
  for (const body of bodies) await send(system, body)
  await waitUntil('the queues to be drained', () => isDrained(system))
}

const called = (emails: readonly string[]) =>
  new Set(system.stytch.calls().flatMap(({ email }) => (emails.includes(email) ? [email] : [])))
const resetOnce = (emails: readonly string[]) => new Map(emails.map((email) => [email, 1]))

describe('the whole system', () => {
  it('resets everybody once who can be reset, and dead-letters the others with the reason', async () => {
    const { emails, event } = addCrowd(system, 'sets', { size: 90, failing: 5 })
    await process(event)
    expect(called(emails)).toEqual(new Set(emails))
    expect(countResets(system, emails.slice(5))).toEqual(resetOnce(emails.slice(5)))
    expect(deadLettered(system)).toEqual(new Set(emails.slice(0, 5)))
    expect(readDeadLetters(system).map(({ code }) => code)).toEqual(Array(5).fill('invalid_email'))
  })

  it('calls nobody again when the same event is sent again after members chose new passwords', async () => {
    const { emails, event } = addCrowd(system, 'again', { size: 40 })
    await process(event)
    for (const email of emails) system.stytch.setPassword(email)
    const calls = system.stytch.calls().length
    await process(event, event, { ...event, id: 'another-source-same-breach' })
    expect(system.stytch.calls()).toHaveLength(calls)
    expect(emails.map((email) => system.stytch.password(email).state)).toEqual(Array(40).fill('usable'))
  })

  it('processes redriven dead letters again as they are', async () => {
    const { emails, event } = addCrowd(system, 'redriven', { size: 10, failing: 4 })
    await process(event)
    system.stytch.clearFaults()
    const { deadLetter, breach } = system.queues
    const move = { SourceArn: deadLetter.arn, DestinationArn: breach.arn }
    await system.sqs.send(new StartMessageMoveTaskCommand(move))
    await waitUntil('the dead letters to be reset', () =>
      [...countResets(system, emails).values()].every((n) => n === 1),
    )
    await waitUntil('the queues to be drained', () => isDrained(system))
    expect([...deadLettered(system)].filter((email) => email.startsWith('redriven'))).toEqual([])
  })

  it('ends the sessions of redriven dead letters about sessions, and resets nobody again', async () => {
    const { emails, event } = addCrowd(system, 'refused', { size: 6 })
    const [refused = ''] = emails
    const rule = { kind: 'error', status: 400, errorType: 'invalid_query', email: refused } as const
    system.stytch.fault({ ...rule, endpoint: 'search_organizations' })
    await process(event)
    const ofRefused = () => readDeadLetters(system).filter(({ eventId }) => eventId === event.id)
    expect(ofRefused().map(({ code }) => code)).toEqual(['sessions_refused'])
    expect(signedIn(system, emails)).toEqual([refused])
    system.stytch.clearFaults()
    const { deadLetter, breach } = system.queues
    const move = { SourceArn: deadLetter.arn, DestinationArn: breach.arn }
    await system.sqs.send(new StartMessageMoveTaskCommand(move))
    await waitUntil('them to be logged out, too', () => signedIn(system, emails).length === 0)
    await waitUntil('the queues to be drained', () => isDrained(system))
    expect(countResets(system, emails)).toEqual(resetOnce(emails))
    expect(ofRefused()).toEqual([])
  })

  it('survives answers that fail first: throttled, broken, dropped, unanswered', async () => {
    const { emails, event } = addCrowd(system, 'faults', { size: 12 })
    const faults = [
      { kind: 'throttle', retryAfter: 1 },
      { kind: 'server_error', status: 503 },
      { kind: 'html', status: 502 },
      { kind: 'reset_connection' },
      { kind: 'hang' },
      { kind: 'redirect' },
    ] as const
    for (const [index, fault] of faults.entries()) {
      system.stytch.fault({ ...fault, email: emails[index] ?? '', times: 1 })
    }
    await process(event)
    expect(countResets(system, emails)).toEqual(resetOnce(emails))
  })

  it('continues with a rotated key', async () => {
    const { emails, event } = addCrowd(system, 'rotated', { size: 10 })
    system.stytch.rotateSecret('secret-test-new')
    system.putStytchSecret({ ...system.credentials, secret: 'secret-test-new' })
    await process(event)
    expect(countResets(system, emails)).toEqual(resetOnce(emails))
  })
})

describe('bad input', () => {
  const rows = (count: number) =>
    Array.from({ length: count }, (_, i) => ({ email_address: `bad${i}@crowd.example` }))
  const now = Date.now()
  const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`
  const wrap = (body: unknown) => ({ Type: 'Notification', Message: JSON.stringify(body) })

  it.each([
    ['not_json', 'not JSON at all'],
    ['not_json', 'x'.repeat(1_000_000)],
    ['nested_too_deep', deep],
    [
      'nested_too_deep',
      { ...breachEvent(), data: JSON.parse(`{"members":[${'['.repeat(60)}${']'.repeat(60)}]}`) },
    ],
    ['not_a_breach_event', { Service: 'Amazon S3', Event: 's3:TestEvent' }],
    ['not_a_breach_event', '{"__proto__":{"specversion":"1.0"}}'],
    ['unsupported_type', breachEvent({ type: 'breach-reset.credential-compromise.v9' })],
    ['invalid_event', breachEvent({ source: 'mailto:ada@crowd.example' })],
    ['in_future', breachEvent({ time: new Date(now + 600_000).toISOString() })],
    ['expired', breachEvent({ expirytime: new Date(now - 1000).toISOString() })],
    ['over_limit', breachEvent({ data: { members: rows(1001) } })],
    ['over_limit', breachEvent({ data: { members: rows(10_000) } })],
    ['too_many_envelopes', wrap(wrap(wrap(wrap(breachEvent()))))],
    ['invalid_member', breachEvent({ data: { members: [{ email_address: 'ada\uffff@crowd.example' }] } })],
    ['invalid_member', breachEvent({ data: { members: [{ email_address: 'ada\u0001@crowd.example' }] } })],
    [
      'invalid_member',
      breachEvent({ data: { members: [{ email_address: `${'x'.repeat(10_000)}@crowd.example` }] } }),
    ],
  ])('ends on the dead-letter queue as %s, while the rest of the batch is processed', async (code, body) => {
    const before = new Set(readDeadLetters(system).map(({ messageId }) => messageId))
    const name = `good-${before.size}`
    const { emails, event } = addCrowd(system, name, { size: 2 })
    const text = (typeof body === 'string' ? body : JSON.stringify(body)).replaceAll('\uffff', '\\uffff')
    for (const sent of [text, event]) await send(system, sent)
    // Sessions end meanwhile: to wait for each batch of them would take seconds.
    await waitUntil('the resets', () => countOn(system, ['breach', 'reset']) === 0)
    const fresh = readDeadLetters(system).filter(({ messageId }) => !before.has(messageId))
    expect(fresh.map((letter) => letter.code)).toEqual([code])
    expect(countResets(system, emails)).toEqual(resetOnce(emails))
  })

  it('a body that is too large for a reason is redriven by SQS unchanged', async () => {
    const body = 'x'.repeat(1_048_576)
    await send(system, body)
    await waitUntil('the native redrive', () => {
      system.inspector.letTimePass(system.queues.breach.url)
      return isDrained(system)
    })
    const letter = system.inspector
      .messages(system.queues.deadLetter.url)
      .find((message) => message.body === body)
    expect(letter?.attributes).toEqual({})
  })
})
