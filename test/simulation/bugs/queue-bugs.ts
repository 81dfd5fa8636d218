import type { Effects } from '../../../functions/require-reset/create-reset-batch.ts'
import type { OutgoingMessage } from '../../../lib/queue/outgoing-message.ts'
import type { Seams } from '../world/seams.ts'
import type { Bug } from './bug.ts'
import { rewriteBodies } from './rewrite-bodies.ts'

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
const without = (key: string) => (body: any) => ({
  ...body,
  data: { ...body.data, members: body.data.members.map((row: object) => ({ ...row, [key]: undefined })) },
})

/** What could be wrong with what require-reset sends, and with its acknowledgement. */
export const queueBugs: Record<string, Bug> = {
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
  'writes dead letters without a reason': {
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
  'forgets that a ledger row is owed': { breaks: 'repeats have a cause', seams: remainders(without('owed')) },
  'forgets that a call was not answered': {
    breaks: 'doubt is told',
    seams: remainders(without('uncertain')),
  },
  'forgets since when a member is tried': {
    breaks: 'mode, expiry and age are kept',
    seams: remainders((body) => ({ ...body, firsttriedat: undefined })),
  },
}
