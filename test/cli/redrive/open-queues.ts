import { setTimeout as sleep } from 'node:timers/promises'
import { SQSClient } from '@aws-sdk/client-sqs'
import { afterAll } from 'vitest'
import { watchClock } from '../../../cli/aws.ts'
import { toWork } from '../../../cli/redrive/choice.ts'
import type { Action, Choice } from '../../../cli/redrive/options.ts'
import { redriveDeadLetters } from '../../../cli/redrive/redrive-dead-letters.ts'
import { redriveBy } from '../../../cli/redrive.ts'
import type { Interceptor } from '../../../infra/local/aws-endpoint.ts'
import {
  type OutgoingMessage,
  type SendMessages,
  sendMessages as sendTo,
} from '../../../lib/queue/send-messages.ts'
import { breachEvent } from '../../fixtures/breach-event.ts'
import { openSqs } from '../../infra/local/sqs/open-sqs.ts'

/** SQS's id of who sends as `tester`, who is one of our functions in these tests. */
export const FUNCTION = 'AIDATESTER00000000000'

/** The command, which waits for nothing. */
export const redrive = redriveBy(async () => {})

/** The body of an event about somebody. */
export const event = (name: string, more: object = {}) =>
  JSON.stringify(breachEvent({ ...more, data: { members: [{ email_address: `${name}@x.example` }] } }))

/** Variables with which a command reaches a local SQS. */
export const environmentOf = (sqsEndpoint: string) => ({
  AWS_ENDPOINT_URL_SQS: sqsEndpoint,
  ...{ AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'a' },
})

/** Tests that run side by side can't use onTestFinished. */
const stops: (() => Promise<void>)[] = []
afterAll(() => Promise.all(stops.map((stop) => stop())))

type Given = { signal?: AbortSignal; sendMessages?: SendMessages; sleep?: typeof sleep; limit?: number }

/** A dead-letter queue, empty at first and polled without waiting, a breach queue, and what a redrive does with them. */
export async function openQueues(intercept?: Interceptor) {
  const { sqs, client, queue } = await openSqs(intercept, {
    atEnd: (stop) => void stops.push(stop),
    maxWaitSeconds: 0,
  })
  const [breach, dead] = [await queue(), await queue()]
  const sendBy =
    (sender: SQSClient): SendMessages =>
    (url, messages) =>
      sendTo({ sqs: sender, sleep, random: Math.random }, url, messages)
  const sendMessages = sendBy(client)
  const stranger = new SQSClient({
    ...{ endpoint: sqs.endpoint, region: 'us-east-1', maxAttempts: 1 },
    credentials: { accessKeyId: 'stranger', secretAccessKey: 'secret' },
  })
  stops.push(async () => stranger.destroy())
  const awsNow = watchClock(client)
  const stage = { from: dead.url, to: breach.url, functions: new Set([FUNCTION]) }

  const redrive = (action: Action, choice: Partial<Choice> = {}, { limit, ...given }: Given = {}) => {
    const { signal } = new AbortController()
    const environment = { sqs: client, sendMessages, awsNow, sleep: async () => {}, signal, ...given }
    const options = {
      ...{ action, isRehearsed: false, limit: limit ?? Number.POSITIVE_INFINITY },
      choice: {
        ...{ codes: new Set<string>(), event: undefined, source: undefined },
        ...{ olderThan: undefined, newerThan: undefined, ...choice },
      },
    }
    return redriveDeadLetters(environment, stage, toWork(options))
  }
  return {
    ...{ sqs, client, queue, breach, dead, stage, sendMessages, redrive },
    /** How many of the chosen letters were taken, by their reasons. */
    async run(action: Action, ...codes: string[]) {
      const { groups } = await redrive(action, { codes: new Set(codes) })
      return Object.fromEntries(groups.map(({ name, letters, taken }) => [name, `${taken} of ${letters}`]))
    },
    /** The people in the messages of a queue, or the bodies of other messages. */
    names: (url: string) =>
      sqs
        .messages(url)
        .map(({ body }) => /"(\w+)@x.example"/.exec(body)?.[1] ?? body)
        .toSorted(),
    sendDead: (...messages: OutgoingMessage[]) => sendMessages(dead.url, messages),
    sendAsStranger: (url: string, ...messages: OutgoingMessage[]) => sendBy(stranger)(url, messages),
    dlq: () => sqs.depth(dead.url),
    /** How a command is told these queues, and whom to believe. */
    flags: ['--from', dead.url, '--to', breach.url, '--functions', FUNCTION],
    environment: environmentOf(sqs.endpoint),
  }
}
