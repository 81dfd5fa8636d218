import { describe, expect, it } from 'vitest'
import { redriveDeadLetters } from '../../../cli/redrive/redrive-dead-letters.ts'
import { toSplitWork } from '../../../cli/redrive/split.ts'
import { toRun } from '../../../functions/fan-out/run.ts'
import { readBreachEvent } from '../../../lib/contract/read-breach-event.ts'
import { toDeadLetter } from '../../../lib/queue/dead-letter.ts'
import type { SendMessages } from '../../../lib/queue/send-messages.ts'
import { breachEvent } from '../../fixtures/breach-event.ts'
import { openQueues } from '../redrive/open-queues.ts'
import { openStage } from '../redrive/open-stage.ts'

const PRODUCER = 'AROAPRODUCER000000000'
const FENCE = '2026-11-18T10:00:00.000Z'

/** What fan-out sends of an event over the limit. The first and the last row are one person. */
function overLimit(names: readonly string[], { id = 'mass', run = 'run-1', maxMembers = 2 } = {}) {
  const members = names.map((name) => ({ email_address: `${name}@x.example` }))
  const body = breachEvent({ id, fence: FENCE, resetrun: run, data: { members } })
  const failure = { code: 'over_limit', redrive: 'again' as const, maxMembers, event: body, sender: PRODUCER }
  return toDeadLetter(JSON.stringify(body), failure, Date.now())
}

const PEOPLE = ['ada', 'bob', 'cyd', 'dan', 'ADA']

/** What fan-out makes of the messages on a queue: the run that each is of, its fence, and its rows by their indices. */
const readAll = (messages: readonly { body: string; sentAt: number; messageId: string }[]) =>
  messages.map(({ body, sentAt, messageId }) => {
    const read = readBreachEvent(body, sentAt)
    if (read.kind === 'rejected') throw new Error(read.rejection.code)
    const { of, indices } = toRun(read.event, messageId)
    return { of, indices, fence: read.event.fence, id: read.event.id }
  })

const SENT = [
  { of: 'run-1', indices: [0, 4], fence: FENCE, id: 'mass' },
  { of: 'run-1', indices: [1, 2], fence: FENCE, id: 'mass' },
  { of: 'run-1', indices: [3], fence: FENCE, id: 'mass' },
]

describe('a split of letters over the limit', () => {
  it('sends them in pieces once the number of members is confirmed, as redrives of the refused run', async () => {
    const limits = { MaxMembersPerEvent: '3', MaxMembersPerHour: '2', StytchRequestsPerSecond: '1' }
    const { type, sendDead, sqs, breach, dlq } = await openStage(limits)
    await sendDead(overLimit(PEOPLE))
    const asked = await type('--split')
    expect(asked).toMatchObject({ code: 2, stderr: expect.stringContaining('--confirm 5\n') })
    expect(asked.stdout).toContain('split   in 3 events of at most 2 members')
    expect(asked.stdout).toMatch(
      new RegExp(`mass of urn:detector:stealer-logs\n  sender  +${PRODUCER}$`, 'm'),
    )
    expect(asked.stdout).toContain('exposed 2026-11-20T10:00:00Z')
    expect(asked.stdout.replaceAll('\n', ' ')).toContain(
      '5 members, 5 s at 1 request a second, 3 hours at 2 members an hour',
    )
    expect(await type('--split', '--confirm', '4')).toMatchObject({ code: 2 })
    expect([sqs.messages(breach.url), dlq()]).toEqual([[], { visible: 1, inFlight: 0, delayed: 0 }])

    const sent = await type('--split', '--confirm', '5')
    expect(sent).toMatchObject({ code: 0, stderr: '' })
    expect(readAll(sqs.messages(breach.url))).toEqual(SENT)
    expect(dlq().visible).toBe(0)
  })

  it('takes what is chosen only, and the limit of the stage for a letter that does not say its own', async () => {
    const { typeJson, type, sendDead, sqs, breach, names, dead } = await openStage({
      MaxMembersPerEvent: '4',
    })
    const { body, attributes } = overLimit(['eve', 'fay', 'gus', 'hal', 'ida'], { id: 'old' })
    const { 'max-members': _, redrive: _redrive, ...old } = attributes ?? {}
    await sendDead(overLimit(PEOPLE), { body, attributes: old })
    expect(await type('--split', '--event', 'old', '--code', 'unproven')).toMatchObject({ code: 2 })
    const { letters } = await typeJson('--split', '--event', 'old', '--confirm', '5')
    expect(letters).toMatchObject([{ id: 'old', events: 2, rows: 5, most: 4 }])
    expect(readAll(sqs.messages(breach.url)).map(({ id }) => id)).toEqual(['old', 'old'])
    expect(names(dead.url)).toEqual(['ada'])
  })

  it('leaves a letter alone in which one person has more rows than the limit', async () => {
    const { type, sendDead, breach, names, dlq } = await openStage()
    await sendDead(overLimit(['ada', 'Ada', 'ADA']))
    const { code, stdout, stderr } = await type('--split', '--confirm', '3')
    expect([code, stderr]).toEqual([2, 'nothing was done: none of them can be split\n'])
    expect(stdout).toContain('impossible: not an event, or one person has more rows than fit')
    expect([names(breach.url), dlq().visible]).toEqual([[], 1])
  })

  it('splits no letter of somebody else unless it is named', async () => {
    const { type, dead, sendAsStranger, breach, names } = await openStage({ MaxMembersPerEvent: '3' })
    await sendAsStranger(dead.url, overLimit(PEOPLE))
    expect(await type('--split', '--confirm', '5')).toMatchObject({ code: 2 })
    expect(names(breach.url)).toEqual([])
    const named = await type('--split', '--code', 'unproven', '--confirm', '5')
    expect(named).toMatchObject({ code: 0, stdout: expect.stringContaining('sent by AIDASTRANGER000000000') })
    expect(names(breach.url)).toHaveLength(2)
  })
})

describe.concurrent('a split that does not go through at once', () => {
  /** Splits what is on the queue now, and nothing that comes later. */
  async function openSplit() {
    const open = await openQueues()
    const approve = () =>
      toSplitWork(new Set(open.sqs.messages(open.dead.url).map(({ messageId }) => messageId)), {})
    const split = (
      work: ReturnType<typeof approve>,
      sendMessages = open.sendMessages,
      { signal } = new AbortController(),
    ) => {
      const awsNow = () => Date.now() + 1000
      const environment = { sqs: open.client, sendMessages, signal, awsNow, sleep: async () => {} }
      return redriveDeadLetters(environment, open.stage, work)
    }
    return { ...open, approve, split }
  }

  it('sends only what was previewed, and nothing instead of it', async () => {
    const { sendDead, sqs, breach, names, dead, approve, split } = await openSplit()
    await sendDead(overLimit(PEOPLE))
    const approved = approve()
    await sendDead(overLimit(['eve', 'fay', 'gus'], { id: 'later', run: 'run-2' }))
    await split(approved)
    expect(readAll(sqs.messages(breach.url))).toEqual(SENT)
    const { groups, others } = await split(approved)
    expect([groups, others]).toMatchObject([[], [{ name: 'over_limit', letters: 1 }]])
    expect([sqs.messages(breach.url).length, names(dead.url)]).toEqual([3, ['eve']])
  })

  it('keeps a letter of which a piece is not sent, and sends all of it the next time', async () => {
    const { sendDead, sendMessages, sqs, breach, dlq, approve, split } = await openSplit()
    await sendDead(overLimit(PEOPLE))
    const half: SendMessages = async (url, messages) => {
      await sendMessages(url, [...messages].slice(0, 1))
      throw new Error('broken')
    }
    expect(await split(approve(), half)).toMatchObject({ failure: 'broken' })
    expect(dlq()).toEqual({ visible: 1, inFlight: 0, delayed: 0 })
    await split(approve())
    expect(readAll(sqs.messages(breach.url))).toEqual([SENT[0], ...SENT])
    expect(dlq().visible).toBe(0)
  })

  it('keeps a letter of which SQS refuses a piece for good', async () => {
    const { sendDead, dlq, approve, split } = await openSplit()
    await sendDead(overLimit(PEOPLE))
    const refusing: SendMessages = async (_, messages) => ({ refused: [...messages].slice(0, 1) })
    expect((await split(approve(), refusing)).groups).toMatchObject([{ letters: 1, taken: 0 }])
    expect(dlq().visible).toBe(1)
  })

  it('finishes the letter that it is at when it is interrupted, and leaves the others', async () => {
    const { sendDead, sendMessages, sqs, breach, dlq, approve, split } = await openSplit()
    await sendDead(overLimit(PEOPLE), overLimit(['eve', 'fay', 'gus'], { id: 'second', run: 'run-2' }))
    const stopping = new AbortController()
    const interrupted: SendMessages = async (url, messages) => {
      stopping.abort()
      return sendMessages(url, messages)
    }
    const { groups, more } = await split(approve(), interrupted, stopping)
    expect([groups[0]?.taken, more]).toEqual([1, true])
    const [first] = readAll(sqs.messages(breach.url))
    expect(sqs.messages(breach.url)).toHaveLength(first?.of === 'run-1' ? 3 : 2)
    expect(dlq()).toEqual({ visible: 1, inFlight: 0, delayed: 0 })
  })
})
