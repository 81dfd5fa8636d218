import { BatchGetItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import type { Config } from '../../../functions/fan-out/config.ts'
import type { Effects } from '../../../functions/require-reset/environment.ts'
import type { LedgerRow } from '../../../lib/ledger/ledger.ts'
import type { OutgoingMessage, SendMessages } from '../../../lib/queue/send-messages.ts'
import type { Answer } from '../../../lib/stytch/require-reset.ts'
import type { InvariantName } from '../invariants/invariants.ts'
import { readBody } from '../invariants/story.ts'
import type { Seams } from '../world/boot.ts'
import type { World } from '../world/world.ts'

/** A deliberate bug, put between the real code and its effects, and the promise that it is known beforehand to break. */
export type Bug = { breaks: InvariantName; seams: Seams }

// biome-ignore lint/suspicious/noExplicitAny: a bug does what it likes to a message
const chunks = (rewrite: (body: any, now: number) => unknown): Seams => ({
  fanOutSends: (send, { timeline }) => rewriteBodies(send, 'reset', (body) => rewrite(body, timeline.now())),
})

/** What could be wrong with fan-out. */
const fanOutBugs: Record<string, Bug> = {
  'computes the fence when it splits': {
    breaks: 'the fence is kept',
    seams: chunks((body, now) => ({ ...body, fence: new Date(now).toISOString() })),
  },
  'forgets the fence of a redriven letter': {
    breaks: 'the fence is kept',
    seams: {
      fanOut: (create) => {
        const handle = create()
        return (event, remainingMs) => {
          const Records = event.Records.map((record) => ({
            ...record,
            body: record.body.replace(/"fence":"[^"]*",?/, ''),
          }))
          return handle({ Records }, remainingMs)
        }
      },
    },
  },
  'does not copy the mode to chunks': {
    breaks: 'mode, expiry and age are kept',
    seams: chunks((body) => ({ ...body, data: { ...body.data, mode: undefined } })),
  },
  'loses the last member of a chunk': {
    breaks: 'acknowledged only when durable',
    seams: chunks((body) => ({ ...body, data: { ...body.data, members: body.data.members.slice(0, -1) } })),
  },
  'acknowledges an event before its chunks are sent': {
    breaks: 'acknowledged only when durable',
    seams: {
      fanOutSends: (send) => async (to, messages) => {
        void send(to, messages).catch(() => {})
        return { refused: [] }
      },
    },
  },
  'lets the stolen password through': {
    breaks: 'nothing leaks',
    seams: chunks((body) => ({ ...body, vendor: { password: 'canary-stolen-password' } })),
  },
}

type Rules = NonNullable<Config['sources']>

const without = (knob: keyof Rules[string]): Seams => ({
  fanOutConfig: ({ sources = {}, ...config }) => {
    const rules = Object.entries(sources).map(([name, rule]) => [name, { ...rule, [knob]: undefined }])
    return { ...config, sources: rules.length > 0 ? Object.fromEntries(rules) : undefined }
  },
})
const asking = (change: (command: unknown) => unknown): Seams => ({
  quota: ({ send }) => ({ send: (command) => send(change(command)) }),
})
const eventOf = ({ queues, people }: World, message: string) => {
  const body = queues.breach.all().find(({ id }) => id === message)?.body ?? ''
  return readBody(body, people.named).json?.id ?? message
}

/** What could be wrong with how far sources are trusted. */
const trustBugs: Record<string, Bug> = {
  'forwards without waiting for the count': {
    breaks: 'the hourly limit holds',
    seams: {
      consumeQuota:
        (count) =>
        async (...given) => {
          void count(...given).catch(() => {})
          return true
        },
    },
  },
  'counts an event once, whatever messages it is in': {
    breaks: 'the hourly limit holds',
    seams: {
      consumeQuota: (count, world) => (message, quota, members) =>
        count({ id: eventOf(world, message.id).replace(' ', '-'), receives: 2 }, quota, members),
    },
  },
  'gives each source that is not named an hour of its own': {
    breaks: 'the hourly limit holds',
    seams: {
      consumeQuota: (count, world) => (message, quota, members) => {
        const [source = ''] = eventOf(world, message.id).split(' ')
        return count(message, quota.name === '*' ? { ...quota, name: source } : quota, members)
      },
    },
  },
  'counts without looking at the limit': {
    breaks: 'the hourly limit holds',
    seams: asking((command) => {
      if (!(command instanceof UpdateItemCommand)) return command
      const { ExpressionAttributeValues, ...input } = command.input
      return new UpdateItemCommand({
        ...input,
        ExpressionAttributeValues: { ...ExpressionAttributeValues, ':room': { N: '1000' } },
      })
    }),
  },
  'begins the hour anew with each minute': {
    breaks: 'the hourly limit holds',
    seams: asking((command) => {
      if (!(command instanceof PutItemCommand) || !command.input.Item?.head) return command
      const Item = { ...command.input.Item, total: { N: '0' }, minutes: { M: {} } }
      return new PutItemCommand({ ...command.input, Item })
    }),
  },
  'counts each delivery of a message': {
    breaks: 'refused events reset nobody',
    seams: {
      consumeQuota: (count) => (message, quota, members) =>
        count({ ...message, receives: 1 }, quota, members),
    },
  },
  'ignores the highest mode of a source': {
    breaks: 'mode, expiry and age are kept',
    seams: without('highestMode'),
  },
  'ignores the largest event of a source': {
    breaks: 'the limit and the expiry are obeyed',
    seams: without('maxMembersPerEvent'),
  },
}

const LATER_MS = 600_000

const calling = (change: (effects: Effects) => Effects['requireReset']): Seams => ({
  resetEffects: (effects) => ({ ...effects, requireReset: change(effects) }),
})
const answers = (change: (answer: Answer) => Answer): Seams =>
  calling(
    ({ requireReset }) =>
      async (member, credentials) =>
        change(await requireReset(member, credentials)),
  )
const blame = (status: number) =>
  answers((answer) =>
    answer.kind === 'answered' && answer.status === status
      ? { ...answer, status: 400, body: '{"status_code":400,"error_type":"invalid_email"}' }
      : answer,
  )

/** What could be wrong with calling Stytch. */
const callBugs: Record<string, Bug> = {
  'calls twice to be sure': {
    breaks: 'never called when covered',
    seams: calling(({ requireReset }) => async (member, credentials) => {
      await requireReset(member, credentials)
      return requireReset(member, credentials)
    }),
  },
  'ignores the deadline': {
    breaks: 'time is kept for settling',
    seams: {
      requireReset: (create) => {
        const handle = create()
        return (event, remainingMs) => handle(event, remainingMs + LATER_MS)
      },
    },
  },
  'makes a limiter for each invocation': {
    breaks: 'Retry-After is obeyed',
    seams: { requireReset: (create) => (event, remainingMs) => create()(event, remainingMs) },
  },
  'gives each environment the whole budget': {
    breaks: 'the rate holds',
    seams: {
      requireReset: (create, { deployment }) =>
        create({ requestsPerSecond: deployment.stage.stytchRequestsPerSecond }),
    },
  },
  'tries for ever whom Stytch does not know': {
    breaks: 'everything drains',
    seams: {
      ...answers((answer) =>
        answer.kind === 'answered' && answer.status === 404 ? { ...answer, status: 503 } : answer,
      ),
      requireReset: (create) => create({ retryHorizonMs: Number.POSITIVE_INFINITY }),
    },
  },
  'does not see Retry-After': {
    breaks: 'Retry-After is obeyed',
    seams: answers((answer) => (answer.kind === 'answered' ? { ...answer, retryAfter: undefined } : answer)),
  },
  'blames the member for a rotated key': { breaks: 'dead letters tell the truth', seams: blame(401) },
  'blames the member for an outage': { breaks: 'dead letters tell the truth', seams: blame(500) },
}

const writing = (change: (effects: Effects) => Effects['writeRows']): Seams => ({
  resetEffects: (effects) => ({ ...effects, writeRows: change(effects) }),
})
const rewriting = (change: (row: LedgerRow, effects: Effects) => LedgerRow[]): Seams =>
  writing((effects) => async (rows) => {
    const changed = rows.flatMap((row) => change(row, effects))
    if (changed.length > 0) await effects.writeRows(changed)
  })
const reading = (change: (effects: Effects, world: World) => Effects['readResets']): Seams => ({
  resetEffects: (effects, world) => ({ ...effects, readResets: change(effects, world) }),
})
const answering = (drop: 'UnprocessedKeys' | 'UnprocessedItems'): Seams => ({
  dynamoDB: ({ send }) => ({
    send: async (command) => ({ ...((await send(command)) as object), [drop]: undefined }),
  }),
})

/** What could be wrong with the ledger. */
const ledgerBugs: Record<string, Bug> = {
  'acknowledges before the ledger is written': {
    breaks: 'acknowledged only when durable',
    seams: writing(
      ({ writeRows }) =>
        async (rows) =>
          void writeRows(rows).catch(() => {}),
    ),
  },
  'writes the ledger only at the end of the invocation': {
    breaks: 'few are called and unrecorded',
    seams: atTheEndOnly(),
  },
  'covers with > instead of >=': {
    breaks: 'never called when covered',
    seams: reading(({ readResets }) => async (people) => {
      const resets = await readResets(people)
      return new Map([...resets].map(([person, at]) => [person, at - 1]))
    }),
  },
  'covers with an uncertain row': {
    breaks: 'acknowledged only when durable',
    seams: reading(({ readResets }, { ledger }) => async (people) => {
      const resets = await readResets(people)
      for (const person of people) {
        const row = ledger.get({ person: { S: person }, kind: { S: 'uncertain' } }, true)
        if (row?.calledAt?.N) resets.set(person, Math.max(resets.get(person) ?? 0, Number(row.calledAt.N)))
      }
      return resets
    }),
  },
  'takes an unreadable ledger for an empty one': {
    breaks: 'never called when covered',
    seams: reading(
      ({ readResets }) =>
        (people) =>
          readResets(people).catch(() => new Map()),
    ),
  },
  'ignores UnprocessedKeys': { breaks: 'never called when covered', seams: answering('UnprocessedKeys') },
  'ignores UnprocessedItems': {
    breaks: 'acknowledged only when durable',
    seams: answering('UnprocessedItems'),
  },
  'reads the ledger without ConsistentRead': {
    breaks: 'never called when covered',
    seams: { dynamoDB: (client) => ({ send: (command) => client.send(inconsistent(command)) }) },
  },
  'writes rows under another person': {
    breaks: 'acknowledged only when durable',
    seams: rewriting((row) => [{ ...row, person: `${row.person}0` }]),
  },
  'writes the end of a call instead of its start': {
    breaks: 'rows are true',
    seams: rewriting((row, { now }) => [{ ...row, at: now() }]),
  },
  'writes no uncertain rows': {
    breaks: 'doubt is told',
    seams: rewriting((row) => (row.kind === 'uncertain' ? [] : [row])),
  },
  'takes an unanswered call for a reset': {
    breaks: 'rows are true',
    seams: rewriting((row) => [{ ...row, kind: 'reset' }]),
  },
}

function atTheEndOnly(): Seams {
  const kept = new WeakMap<object, { rows: LedgerRow[]; write: Effects['writeRows'] }>()
  return {
    resetEffects: (effects, _, environment) => {
      const rows: LedgerRow[] = []
      kept.set(environment, { rows, write: effects.writeRows })
      return { ...effects, writeRows: async (more) => void rows.push(...more) }
    },
    requireReset: (create, _, environment) => {
      const handle = create()
      return async (event, remainingMs) => {
        const response = await handle(event, remainingMs)
        const { rows = [], write } = kept.get(environment) ?? {}
        for (const row of rows.splice(0)) await write?.([row])
        return response
      }
    },
  }
}

function inconsistent(command: unknown): unknown {
  if (!(command instanceof BatchGetItemCommand)) return command
  const tables = Object.entries(command.input.RequestItems ?? {})
  return new BatchGetItemCommand({
    RequestItems: Object.fromEntries(
      tables.map(([table, request]) => [table, { ...request, ConsistentRead: false }]),
    ),
  })
}

const sending = (change: (effects: Effects) => Effects['sendMessages']): Seams => ({
  resetEffects: (effects) => ({ ...effects, sendMessages: change(effects) }),
})
const letters = (change: (letter: OutgoingMessage) => OutgoingMessage): Seams =>
  sending(
    ({ sendMessages }) =>
      (to, messages) =>
        sendMessages(to, to === 'dead-letter' ? messages.map(change) : messages),
  )
// biome-ignore lint/suspicious/noExplicitAny: a bug does what it likes to a message
const remainders = (rewrite: (body: any) => unknown): Seams =>
  sending(({ sendMessages }) => rewriteBodies(sendMessages, 'reset', rewrite))
// biome-ignore lint/suspicious/noExplicitAny: a bug does what it likes to a message
const queueBugsWithout = (key: string) => (body: any) => ({
  ...body,
  data: { ...body.data, members: body.data.members.map((row: object) => ({ ...row, [key]: undefined })) },
})

/** What could be wrong with what require-reset sends, and with its acknowledgement. */
const queueBugs: Record<string, Bug> = {
  'loses the entries that SendMessageBatch failed': {
    breaks: 'acknowledged only when durable',
    seams: {
      sqs: ({ send }) => ({
        send: async (command) => {
          const answer = (await send(command)) as { Successful: object[]; Failed: object[] }
          return { Successful: [...answer.Successful, ...answer.Failed], Failed: [] }
        },
      }),
    },
  },
  'delays by more than SQS can': {
    breaks: 'AWS takes every request',
    seams: sending(
      ({ sendMessages }) =>
        (to, messages) =>
          sendMessages(
            to,
            messages.map((message) => (to === 'reset' ? { ...message, delaySeconds: 1800 } : message)),
          ),
    ),
  },
  'sends the remainder after the acknowledgement': {
    breaks: 'acknowledged only when durable',
    seams: sending(({ sendMessages, sleep }) => async (to, messages) => {
      if (to !== 'reset') return sendMessages(to, messages)
      void sleep(1000)
        .then(() => sendMessages(to, messages))
        .catch(() => {})
      return { refused: [] }
    }),
  },
  'acknowledges what failed': {
    breaks: 'acknowledged only when durable',
    seams: {
      requireReset: (create) => {
        const handle = create()
        return async (event, remainingMs) => {
          await handle(event, remainingMs)
          return { batchItemFailures: [] }
        }
      },
    },
  },
  'writes dead letters that do not parse': {
    breaks: 'dead letters are useful',
    seams: letters((letter) => ({ ...letter, body: letter.body.slice(0, -1) })),
  },
  'writes dead letters queueBugsWithout a reason': {
    breaks: 'dead letters are useful',
    seams: letters((letter) => ({ ...letter, attributes: {} })),
  },
  'names the member in the reason': {
    breaks: 'nothing leaks',
    seams: letters((letter) => ({
      ...letter,
      attributes: {
        ...letter.attributes,
        'failure-detail': JSON.parse(letter.body).data.members[0].email_address,
      },
    })),
  },
  'sends on whom it dead-letters': {
    breaks: 'one end each',
    seams: sending(({ sendMessages }) => async (to, messages) => {
      const first = messages.filter(({ attributes }) => attributes?.attempts === '1')
      const again = first.map(({ body }) => ({ body: JSON.stringify({ ...JSON.parse(body), attempts: 1 }) }))
      if (to === 'dead-letter' && again.length > 0) await sendMessages('reset', again)
      return sendMessages(to, messages)
    }),
  },
  'forgets that a ledger row is owed': {
    breaks: 'repeats have a cause',
    seams: remainders(queueBugsWithout('owed')),
  },
  'forgets that a call was not answered': {
    breaks: 'doubt is told',
    seams: remainders(queueBugsWithout('uncertain')),
  },
  'forgets since when a member is tried': {
    breaks: 'mode, expiry and age are kept',
    seams: remainders((body) => ({ ...body, firsttriedat: undefined })),
  },
}

/** Changes every body that goes to one queue; whatever JSON comes back is sent. */
function rewriteBodies(
  send: SendMessages,
  queue: string,
  // biome-ignore lint/suspicious/noExplicitAny: a bug does what it likes to a message
  rewrite: (body: any) => unknown,
): SendMessages {
  return (to, messages) =>
    send(
      to,
      to === queue
        ? messages.map((message) => ({ ...message, body: JSON.stringify(rewrite(JSON.parse(message.body))) }))
        : messages,
    )
}

/** Every deliberate bug by what it does. */
export const BUGS: Record<string, Bug> = {
  ...fanOutBugs,
  ...trustBugs,
  ...callBugs,
  ...ledgerBugs,
  ...queueBugs,
}
