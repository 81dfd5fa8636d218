import type { SQSRecord } from 'aws-lambda'
import { ConfigSchema as EndSessionsConfigSchema } from '../../functions/end-sessions/config.ts'
import { ConfigSchema as FanOutConfigSchema } from '../../functions/fan-out/config.ts'
import { fanOutBatch } from '../../functions/fan-out/fan-out-batch.ts'
import { ConfigSchema as RequireResetConfigSchema } from '../../functions/require-reset/config.ts'
import type { Mode } from '../../lib/contract/breach-event.ts'
import type { ProgressEffects } from '../../lib/progress/keep-facts.ts'
import type { SendMessages } from '../../lib/queue/send-messages.ts'
import type { Quota } from '../../lib/quota/hourly-quota.ts'
import { createProgress } from '../fakes/create-progress.ts'
import { answers, createResetWorld } from '../fakes/create-reset-world.ts'
import { MEMBER, SECRETS } from '../leaks/planted.ts'
import { addError, createHandler } from './create-handler.ts'
import { wordsIn } from './documented-words.ts'
import { FAN_OUT_BODIES, SOURCES } from './fan-out-bodies.ts'
import {
  addLine,
  addMessages,
  addProgress,
  captureOutput,
  createOutputs,
  type OutputName,
  type Outputs,
} from './outputs.ts'
import { ACCEPTED, eventOf, RESET_SITUATIONS, type Situation, talkativeErrors } from './reset-situations.ts'
import { SESSIONS_SITUATIONS } from './sessions-situations.ts'
import { endSessions } from './sweep-sessions.ts'

/** What is said of a run on the local system. */
const COMMANDS: readonly OutputName[] = ['status', 'report', 'report with people']

type Step = [word: string | undefined, run: (outputs: Outputs) => Promise<void>]

/**
 * Takes the functions through everything that can happen to them. Resolves to what came out, and to the steps whose logs and dead
 * letters did not name the word that they should.
 */
export async function sweepInProcess() {
  const all = createOutputs('functions', COMMANDS)
  const silent: string[] = []
  for (const [index, [word, run]] of steps().entries()) {
    const own = createOutputs('functions', COMMANDS)
    const { stdout, stderr } = await captureOutput(() => run(own))
    for (const line of `${stdout}\n${stderr}`.split('\n')) addLine(own, line)
    if (word !== undefined && !wordsIn(own).has(word)) silent.push(`step ${index}: ${word}`)
    for (const name of own.names) for (const text of own.texts(name)) all.add(name, text)
  }
  return { outputs: all, silent }
}

function steps(): Step[] {
  const bodies = FAN_OUT_BODIES.map(([, body]) => body)
  const errors = talkativeErrors(JSON.stringify({ ...SECRETS, MEMBER }))
  return [
    ...FAN_OUT_BODIES.map(([code, body]): Step => [code, (outputs) => fanOut(outputs, [body])]),
    [undefined, (outputs) => fanOut(outputs, bodies, { mode: 'dry_run' })],
    ['unsendable', (outputs) => fanOut(outputs, bodies, { refusing: 'reset' })],
    ['record failed', (outputs) => fanOut(outputs, bodies, { refusing: 'dead-letter' })],
    ...errors.flatMap((error): Step[] => [
      ['record failed', (outputs) => fanOut(outputs, bodies, { send: () => Promise.reject(error) })],
      ['invocation failed', (outputs) => failInvocation(outputs, error)],
      ['progress lost', (outputs) => fanOut(outputs, bodies, { lost: () => Promise.reject(error) })],
    ]),
    ...RESET_SITUATIONS.map(
      ([word, situation]): Step => [word, (outputs) => requireReset(outputs, situation)],
    ),
    ...SESSIONS_SITUATIONS.map(
      ([word, situation]): Step => [word, (outputs) => endSessions(outputs, situation)],
    ),
    [undefined, failInit],
  ]
}

/**
 * Takes bodies through the real fan-out, in one batch. The records name the e-mail outside of the body too. `refusing`: the queue
 * that SQS takes nothing for; `send` replaces all of SQS; `lost` the table of facts and the event bus.
 */
async function fanOut(
  outputs: Outputs,
  bodies: readonly string[],
  { refusing, send, lost, mode = 'enforce' }: FanOutSituation = {},
): Promise<void> {
  const { observe, invoke } = createHandler('fan-out', outputs)
  const sendMessages: SendMessages = async (url, messages) => {
    if (url === refusing) return { refused: [...messages] }
    addMessages(outputs, url as 'reset' | 'dead-letter' | 'rehearsed', [...messages])
    return { refused: [] }
  }
  const config = {
    ...{ stage: 'test', mode, resetQueueUrl: 'reset', deadLetterQueueUrl: 'dead-letter' },
    ...{ rehearsedQueueUrl: 'rehearsed', maxMembersPerEvent: 30, membersPerMessage: 25, messagesAtOnce: 1 },
    ...{
      sources: SOURCES,
      maxMembersPerHour: undefined,
      quotaTable: '',
      progressTable: 'progress',
      outcomeBus: 'outcomes',
    },
  }
  const progress = createProgress()
  const lossy: Partial<ProgressEffects> = lost ? { putFact: lost, sendOutcomes: lost } : {}
  const environment = {
    ...{ config, observe, sendMessages: send ?? sendMessages },
    ...{ ...progress.effects, ...lossy },
    consumeQuota: async (_: unknown, [quota]: readonly Quota[]) => quota,
    now: () => Date.parse('2026-11-20T12:00:00Z'),
    ...{ monotonic: () => 0, sleep: () => Promise.withResolvers<void>().promise, random: () => 0.5 },
  }
  const Records = bodies.map((body, index) => ({
    ...{ messageId: `m${index}`, body, eventSourceARN: 'arn:aws:sqs:eu-central-1:111122223333:breach' },
    attributes: { SentTimestamp: String(Date.parse('2026-11-20T11:00:00Z')), SenderId: MEMBER },
    messageAttributes: { victim: { stringValue: MEMBER, dataType: 'String' } },
  })) as unknown as SQSRecord[]
  await invoke(() => fanOutBatch(environment, { Records }, 60_000))
  addProgress(outputs, progress)
}

type FanOutSituation = { refusing?: string; send?: SendMessages; lost?: () => Promise<never>; mode?: Mode }

/** Past its retry horizon. */
const LATE = { attempts: 9, firsttriedat: '2026-11-18T12:00:00.000Z' }

/** Takes the events of a situation through the real require-reset; without any, a new one about the member and one past its horizon. */
async function requireReset(outputs: Outputs, situation: Situation): Promise<void> {
  const { answer = answers.reset(), events, secrets, config = {}, effects } = situation
  for (const batch of events ? [events] : [[eventOf()], [eventOf(LATE)]]) {
    const { observe, invoke } = createHandler('require-reset', outputs)
    const world = createResetWorld({
      config,
      effects: {
        ...{ observe, ...effects },
        requireReset: async (member, credentials) => {
          outputs.add('request to Stytch', { member, credentials })
          return effects?.requireReset?.(member, credentials) ?? answer
        },
      },
    })
    const { credentials, ledgerKey } = SECRETS
    const own = { stytch: JSON.stringify(credentials), 'ledger-key': ledgerKey }
    Object.assign(world.secrets, own, secrets)
    await world.progress.effects.putFact(ACCEPTED, '')
    await invoke(() => world.handle(batch))
    addProgress(outputs, world.progress)
    addMessages(outputs, 'reset', world.sent.reset ?? [])
    addMessages(outputs, 'dead-letter', world.sent['dead-letter'] ?? [])
    for (const row of [...world.rows.values(), ...world.uncertain.values()])
      outputs.add('row of a table', row)
  }
}

/** An error that fails a whole invocation leaves the handler, and the Lambda runtime prints it. */
async function failInvocation(outputs: Outputs, error: unknown): Promise<void> {
  await createHandler('require-reset', outputs).invoke(() => Promise.reject(error))
}

/** Somebody put a secret, or an address, into a variable of the environment where an ARN or a number belongs. */
async function failInit(outputs: Outputs): Promise<void> {
  const schemas = [FanOutConfigSchema, RequireResetConfigSchema, EndSessionsConfigSchema]
  const names = schemas.flatMap((schema) => Object.keys(schema.in.shape))
  for (const value of [MEMBER, SECRETS.credentials.secret, SECRETS.ledgerKey]) {
    const environment = Object.fromEntries(names.map((name) => [name, value]))
    for (const schema of schemas) addError(outputs, schema.safeParse(environment).error)
  }
}
