import { inspect } from 'node:util'
import { ConfigSchema as FanOutConfigSchema } from '../../functions/fan-out/config.ts'
import { ConfigSchema as RequireResetConfigSchema } from '../../functions/require-reset/config.ts'
import { captureOutput } from './capture-output.ts'
import { createRealChain } from './create-real-chain.ts'
import { createSinks, type Sinks } from './create-sinks.ts'
import { FAN_OUT_BODIES } from './fan-out-bodies.ts'
import { feedLine } from './feed-line.ts'
import { MEMBER } from './planted.ts'
import { RESET_SITUATIONS } from './reset-situations.ts'
import { SECRETS } from './secrets.ts'
import { sweepFanOut } from './sweep-fan-out.ts'
import { sweepRequireReset } from './sweep-require-reset.ts'
import { talkativeErrors } from './talkative-errors.ts'
import { toldIn } from './told-in.ts'

const EVERYTHING = JSON.stringify({ ...SECRETS, MEMBER })

type Step = [told: string | undefined, run: (sinks: Sinks) => Promise<void>]

/** Goes through everything that the two functions can meet. Resolves to what came out, and to the steps that did not tell what they should. */
export async function sweepInProcess() {
  const all = createSinks('functions')
  const untold: string[] = []
  for (const [index, [told, run]] of steps().entries()) {
    const own = createSinks('functions')
    await captureOutput(
      (line) => feedLine(own, line),
      () => run(own),
    )
    if (told !== undefined && !toldIn(own).has(told)) untold.push(`step ${index}: ${told}`)
    for (const name of own.names) for (const text of own.texts(name)) all.add(name, text)
  }
  return { sinks: all, untold }
}

function steps(): Step[] {
  const bodies = FAN_OUT_BODIES.map(([, body]) => body)
  const errors = talkativeErrors(EVERYTHING)
  return [
    ...FAN_OUT_BODIES.map(([code, body]): Step => [code, (sinks) => sweepFanOut(sinks, [body])]),
    ['unsendable', (sinks) => sweepFanOut(sinks, bodies, { refuses: 'reset' })],
    ['record failed', (sinks) => sweepFanOut(sinks, bodies, { refuses: 'dead-letter' })],
    ...errors.flatMap((error): Step[] => [
      ['record failed', (sinks) => sweepFanOut(sinks, bodies, { send: () => Promise.reject(error) })],
      ['invocation failed', (sinks) => failWhole(sinks, error)],
    ]),
    ...RESET_SITUATIONS.map(
      ([code, situation]): Step => [code, (sinks) => sweepRequireReset(sinks, situation)],
    ),
    [undefined, failInit],
  ]
}

/** What fails a whole invocation leaves the handler, and the Lambda runtime prints it. */
async function failWhole(sinks: Sinks, error: unknown): Promise<void> {
  const { invoke } = createRealChain('require-reset')
  await invoke(() => Promise.reject(error)).catch((seen: unknown) =>
    sinks.add('error that leaves a function', inspect(seen, { depth: 9, showHidden: true })),
  )
}

/** A variable of the environment that is no good: somebody put a secret, or an address, where an ARN or a number belongs. */
async function failInit(sinks: Sinks): Promise<void> {
  const names = [FanOutConfigSchema, RequireResetConfigSchema].flatMap((schema) =>
    Object.keys(schema.in.shape),
  )
  for (const value of [MEMBER, SECRETS.credentials.secret, SECRETS.ledgerKey]) {
    const environment = Object.fromEntries(names.map((name) => [name, value]))
    for (const schema of [FanOutConfigSchema, RequireResetConfigSchema]) {
      const { error } = schema.safeParse(environment)
      sinks.add('error that leaves a function', inspect(error, { depth: 9, showHidden: true }))
    }
  }
}
