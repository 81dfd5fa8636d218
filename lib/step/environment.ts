import type { Clocks } from '../flow/count-down.ts'
import type { CheckSentinel } from '../ledger/sentinel.ts'
import type { Observe } from '../observability/observe.ts'
import type { ProgressEffects } from '../progress/keep-facts.ts'
import type { SendMessages } from '../queue/send-messages.ts'
import { type CredentialsReader, createCredentialsReader } from '../stytch/credentials.ts'
import type { StepConfig } from './config.ts'
import { createKeysReader, type Keys } from './read-keys.ts'

/** The effects on the world that every function has which calls Stytch. */
export type StepEffects = Clocks &
  ProgressEffects & {
    sendMessages: SendMessages
    checkSentinel: CheckSentinel
    readSecret: (name: string, options: { fresh: boolean }) => Promise<string | undefined>
    observe: Observe
    sleep: (ms: number) => Promise<void>
    random: () => number
  }

/** Settings, effects, and what one execution environment remembers of its secrets. */
export type StepEnvironment<Config extends StepConfig, Effects extends StepEffects> = Effects & {
  config: Config
  credentials: CredentialsReader
  readKeys: () => Promise<Keys>
}

/** Makes what every execution environment of a function that calls Stytch remembers. */
export function createStep<Config extends StepConfig, Effects extends StepEffects>(
  config: Config,
  effects: Effects,
): StepEnvironment<Config, Effects> {
  const credentials = createCredentialsReader((options) => effects.readSecret(config.stytchSecret, options))
  const readLedgerKey = () => effects.readSecret(config.ledgerKeySecret, { fresh: false })
  return {
    ...effects,
    config,
    credentials,
    readKeys: createKeysReader({ ...effects, config, credentials, readLedgerKey }),
  }
}
