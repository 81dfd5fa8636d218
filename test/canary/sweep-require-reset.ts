import { inspect } from 'node:util'
import type { Config } from '../../functions/require-reset/config.ts'
import type { Effects } from '../../functions/require-reset/environment.ts'
import type { ResetEvent } from '../../lib/contract/breach-event.ts'
import type { Answer } from '../../lib/stytch/require-reset.ts'
import { answers, createResetWorld, resetEvent } from '../fakes/create-reset-world.ts'
import { createRealChain } from './create-real-chain.ts'
import type { Sinks } from './create-sinks.ts'
import { feedMessages } from './feed-messages.ts'
import { MEMBER } from './planted.ts'
import { SECRETS } from './secrets.ts'

export type Situation = {
  answer?: Answer
  events?: readonly (ResetEvent | string)[]
  remainingMs?: number
  secrets?: Record<string, string>
  config?: Partial<Config>
  effects?: Partial<Effects>
}

/** An event about the member, whose retry horizon is long over, or has not begun. */
export const eventOf = (overrides: Partial<ResetEvent> = {}) => resetEvent([MEMBER], overrides)
const LATE = { attempts: 9, firsttriedat: '2026-11-18T12:00:00.000Z' }

/** Takes events through the real require-reset and feeds what comes out; unless given, a new one about the member, and one past its horizon. */
export async function sweepRequireReset(sinks: Sinks, situation: Situation): Promise<void> {
  const { answer = answers.reset(), events, remainingMs, secrets, config = {}, effects } = situation
  for (const batch of events ? [events] : [[eventOf()], [eventOf(LATE)]]) {
    const { observe, invoke } = createRealChain('require-reset')
    const world = createResetWorld({
      config,
      effects: {
        ...{ observe, ...effects },
        requireReset: async (member, credentials) => {
          sinks.add('request to Stytch', { member, credentials })
          return effects?.requireReset?.(member, credentials) ?? answer
        },
      },
    })
    Object.assign(
      world.secrets,
      { stytch: JSON.stringify(SECRETS.credentials), 'ledger-key': SECRETS.ledgerKey },
      secrets,
    )
    await invoke(() => world.handle(batch, remainingMs)).then(
      (response) => sinks.add('response of a function', response),
      (error) => sinks.add('error that leaves a function', inspect(error, { depth: 9, showHidden: true })),
    )
    feedMessages(sinks, 'reset', world.sent.reset ?? [])
    feedMessages(sinks, 'dead-letter', world.sent['dead-letter'] ?? [])
    for (const row of world.rows.values()) sinks.add('row of a table', row)
  }
}
