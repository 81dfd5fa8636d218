import type { Effects } from '../../../functions/require-reset/environment.ts'
import type { OutgoingMessage, SendMessages } from '../../../lib/queue/send-messages.ts'
import type { Seams } from '../world/boot.ts'
import type { Bug } from './hunt.ts'

/** Bugs in what require-reset sends and acknowledges. */
export const messageBugs: Record<string, Bug> = {
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
  'delays longer than SQS allows': {
    breaks: 'AWS accepts every request',
    seams: sending(
      ({ sendMessages }) =>
        (to, messages) =>
          sendMessages(
            to,
            [...messages].map((message) => (to === 'reset' ? { ...message, delaySeconds: 1800 } : message)),
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
  'acknowledges messages that failed': {
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
    breaks: 'dead letters can be redriven',
    seams: deadLetters((deadLetter) => ({ ...deadLetter, body: deadLetter.body.slice(0, -1) })),
  },
  'writes dead letters without a reason': {
    breaks: 'dead letters can be redriven',
    seams: deadLetters((deadLetter) => ({ ...deadLetter, attributes: {} })),
  },
  'names the member in the reason': {
    breaks: 'nothing leaks',
    seams: deadLetters((deadLetter) => ({
      ...deadLetter,
      attributes: {
        ...deadLetter.attributes,
        'failure-detail': JSON.parse(deadLetter.body).data.members[0].email_address,
      },
    })),
  },
  'also defers the people it dead-letters': {
    breaks: 'everyone has exactly one outcome',
    seams: sending(({ sendMessages }) => async (to, messages) => {
      const first = [...messages].filter(({ attributes }) => attributes?.attempts === '1')
      const again = first.map(({ body }) => ({ body: JSON.stringify({ ...JSON.parse(body), attempts: 1 }) }))
      if (to === 'dead-letter' && again.length > 0) await sendMessages('reset', again)
      return sendMessages(to, messages)
    }),
  },
  'forgets that a ledger row is owed': {
    breaks: 'every repeat has a cause',
    seams: remainders(membersWithout('owed')),
  },
  'gives up, at the retry horizon, a reset that is not in the ledger yet': {
    breaks: 'dead letters give the true reason',
    seed: 41,
    seams: {
      resetEffects: (effects, { deployment }) => ({
        ...effects,
        sendMessages: async (to, messages) => {
          const horizonMs = deployment.stage.retryHorizon.toMilliseconds()
          const isGivenUp = ({ body }: OutgoingMessage) =>
            to === 'reset' &&
            body.includes('"owed"') &&
            effects.now() - Date.parse(JSON.parse(body).firsttriedat) >= horizonMs
          const { givenUp = [], others = [] } = Object.groupBy(messages, (message) =>
            isGivenUp(message) ? 'givenUp' : 'others',
          )
          await effects.sendMessages('dead-letter', givenUp.map(withoutMarks))
          return effects.sendMessages(to, others)
        },
      }),
    },
  },
  'forgets that a call was not answered': {
    breaks: 'uncertain resets are reported',
    seams: remainders(membersWithout('uncertain')),
  },
  'forgets since when a member has been tried': {
    breaks: 'mode, expiry and age are kept',
    seams: remainders((body) => ({ ...body, firsttriedat: undefined })),
  },
}

function sending(change: (effects: Effects) => Effects['sendMessages']): Seams {
  return { resetEffects: (effects) => ({ ...effects, sendMessages: change(effects) }) }
}

function deadLetters(change: (deadLetter: OutgoingMessage) => OutgoingMessage): Seams {
  return sending(
    ({ sendMessages }) =>
      (to, messages) =>
        sendMessages(
          to,
          to === 'dead-letter'
            ? [...messages].map((message) => ({ ...message, ...change(message) }))
            : messages,
        ),
  )
}

function remainders(rewrite: Rewrite): Seams {
  return sending(({ sendMessages, now }) => rewriteBodies(sendMessages, 'reset', rewrite, now))
}

function withoutMarks({ body }: OutgoingMessage): OutgoingMessage {
  const { attempts: _a, firsttriedat: _f, sentat: _s, ...event } = JSON.parse(body)
  const members = event.data.members.map(({ email_address }: { email_address: string }) => ({
    email_address,
  }))
  return {
    body: JSON.stringify({ ...event, data: { ...event.data, members } }),
    attributes: {
      ...{ 'failure-code': 'ledger_unavailable', 'failed-at': '2026-11-20T12:00:00.000Z' },
      'failure-detail': 'still failing when the retry horizon ended',
    },
  }
}

function membersWithout(field: string): Rewrite {
  return (body) => ({
    ...body,
    data: { ...body.data, members: body.data.members.map((row: object) => ({ ...row, [field]: undefined })) },
  })
}

// biome-ignore lint/suspicious/noExplicitAny: a bug may do anything to a message
export type Rewrite = (body: any, now: number) => unknown

/** Changes the body of every message to one queue; the JSON that `rewrite` returns is sent. */
export function rewriteBodies(
  send: SendMessages,
  queue: string,
  rewrite: Rewrite,
  now: () => number,
): SendMessages {
  const changed = (body: string) => JSON.stringify(rewrite(JSON.parse(body), now()))
  return (to, messages) =>
    send(
      to,
      to === queue ? [...messages].map((message) => ({ ...message, body: changed(message.body) })) : messages,
    )
}
