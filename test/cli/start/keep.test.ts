import { PassThrough } from 'node:stream'
import { expect, it, onTestFinished, vi } from 'vitest'
import { createKeeping, describeLoss } from '../../../cli/start/keep.ts'
import { toKeepNotes } from '../../../cli/start/keep-notes.ts'
import type { LogEntry } from '../../../cli/start/log-watch.ts'
import type { LocalSystem } from '../../../infra/local/local-system.ts'
import { canaryEvent } from '../../../lib/contract/canary.ts'
import { ACCEPTED, REFUSED } from '../../../lib/contract/outcome-event.ts'
import { breachEvent } from '../../fixtures/breach-event.ts'
import { startProject } from '../../infra/local/stytch/start-project.ts'

const queue = (name: string) => ({ url: `http://127.0.0.1:45678/000000000000/${name}0A1B2C3D`, arn: '' })
const queues = {
  ...{ breach: queue('BreachQueue'), reset: queue('ResetQueue'), sessions: queue('SessionsQueue') },
  ...{ deadLetter: queue('DeadLetterQueue'), rehearsed: queue('Rehearsed') },
}

/** What `--keep` does to requests to SQS, with a simulated Stytch. */
async function keep() {
  const { stytch } = await startProject()
  const keeping = createKeeping()
  const send = (action: string, body: object) =>
    keeping.intercept({ service: 'sqs', action, caller: '', body: { QueueUrl: queues.breach.url, ...body } })
  const onEvent = vi.fn<(event: { detail: object }) => void>()
  const bus = { events: () => [], onEvent: (listener: () => void) => onEvent.mockImplementation(listener) }
  const system = { stytch, queues, bus } as unknown as LocalSystem
  const screen = new PassThrough({ encoding: 'utf8' })
  const onEntry = vi.fn<(entry: LogEntry) => void>()
  const begin = () =>
    void keeping.run(system, 'notes', { follow: (listener) => onEntry.mockImplementation(listener) }, screen)
  return { stytch, send, begin, onEntry, onEvent, read: () => screen.read() }
}

const [organization_id, member_id] = ['organization-test-1', 'member-test-1']
const members = [
  { email_address: 'Ada@customer.example', organization_id, member_id },
  { email_address: 'lin@customer.example' },
  { email_address: 'nobody' },
]
const MessageBody = JSON.stringify(breachEvent({ data: { members } }))

it('makes everyone who is sent a member with a password and a session, once, with the ids that they name', async () => {
  const { stytch, send, begin } = await keep()
  await send('SendMessage', { MessageBody })
  expect(stytch.membersOf('ada@customer.example')).toEqual([])
  begin()
  expect(await send('SendMessage', { MessageBody })).toBe('pass')
  await send('SendMessageBatch', { Entries: [{ MessageBody }, { MessageBody: 'not an event' }] })
  expect(stytch.membersOf('ada@customer.example')).toMatchObject([
    { memberId: member_id, organizationId: organization_id },
  ])
  for (const email of ['ada@customer.example', 'lin@customer.example'])
    expect([stytch.membersOf(email).length, stytch.password(email).state]).toEqual([1, 'usable'])
  expect(stytch.sessions()).toHaveLength(2)
  expect(stytch.membersOf('nobody')).toEqual([])
})

it('leaves a canary a stranger, and who is sent to another queue', async () => {
  const { stytch, send, begin } = await keep()
  begin()
  const canary = canaryEvent('1', new Date().toISOString())
  await send('SendMessage', { MessageBody: JSON.stringify(canary) })
  expect(stytch.membersOf(canary.data.members[0]?.email_address ?? '')).toEqual([])
  await send('SendMessage', { MessageBody, QueueUrl: queues.deadLetter.url })
  await send('ReceiveMessage', {})
  expect(stytch.membersOf('lin@customer.example')).toEqual([])
})

it('shows the totals of each event that has moved, once after it is finished, and when calling stops', async () => {
  const { begin, onEntry, onEvent, read } = await keep()
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  begin()
  const about = { subject: 'harvest', data: { run: 'run', row_count: 3, code: 'over_limit' } }
  onEvent({ detail: { type: ACCEPTED, ...about } })
  expect(read()).toBe('notes\n  accepted  harvest: 3 rows\n')
  for (let count = 0; count < 2; count++)
    onEntry({ message: 'member outcome', event_id: 'harvest', outcome: 'reset' })
  onEntry({ message: 'calling stopped', event_id: 'harvest', code: 'unreachable' })
  vi.advanceTimersByTime(2000)
  expect(read()).toBe('  stopped   calling Stytch: unreachable\n  so far    harvest: 2 reset\n')
  vi.advanceTimersByTime(2000)
  expect(read()).toBeNull()
  onEntry({ message: 'member outcome', event_id: 'harvest', outcome: 'reset' })
  onEvent({ detail: { type: REFUSED, ...about } })
  vi.advanceTimersByTime(2000)
  expect(read()).toBe('  refused   harvest: over_limit, 3 rows\n  this time harvest: 3 reset\n')
  vi.advanceTimersByTime(2000)
  expect(read()).toBeNull()
})

it.each([undefined, 'ada@customer.example', 'ada%40customer.example'])(
  'names another event than %s',
  (file) => {
    expect(notesOf({ file, eventId: 'harvest' })).toContain(
      'send docs/examples/events/smallest.json --stage local',
    )
  },
)

it('prints commands of at most 80 columns, in which no word is broken', () => {
  const notes = notesOf({ file: 'my events/of today.json', eventId: '-harvest' })
  expect(notes.split('\n').filter((line) => line.length > 80)).toEqual([])
  expect(notes).toContain('\nunset AWS_PROFILE\nexport no_proxy=127.0.0.1,')
  expect(notes).toContain("  npx --no breach-reset send 'my events/of today.json' --stage local --wait\n")
  expect(notes).toContain('  npx --no breach-reset status --stage local -- -harvest\n')
})

function notesOf(sent: Parameters<typeof toKeepNotes>[1]): string {
  const url = 'http://127.0.0.1:45678'
  const names = ['sqs', 'dynamoDB', 'secretsManager', 'eventBridge', 'cloudFormation', 'lambda', 'logs']
  const uuid = crypto.randomUUID()
  return toKeepNotes(
    {
      ...{ queues, token: 'a'.repeat(48), endpoints: Object.fromEntries(names.map((name) => [name, url])) },
      ...{
        stytch: { url },
        credentials: { project_id: `project-test-${uuid}`, secret: `secret-test-${uuid}` },
      },
    } as unknown as LocalSystem,
    sent,
  )
}

it.each([
  [0, 0, 'The local system is gone; 0 messages were still waiting.'],
  [1, 1, 'The local system is gone; 3 messages were still waiting, and 1 dead letter went with it.'],
])('says what is lost with it: %i on each queue', (each, letters, sentence) => {
  const depth = (url: string) => ({
    visible: url === queues.deadLetter.url ? letters : each,
    ...{ inFlight: 0, delayed: 0 },
  })
  expect(describeLoss({ queues, inspector: { depth } as unknown as LocalSystem['inspector'] })).toBe(sentence)
})
