import { createSessionsWorld } from '../fakes/create-sessions-world.ts'
import { toCall } from '../fakes/create-stytch-members.ts'
import { SECRETS } from '../leaks/planted.ts'
import { createHandler } from './create-handler.ts'
import { addMessages, addProgress, type Outputs } from './outputs.ts'
import { ACCEPTED } from './reset-situations.ts'
import { type SessionsSituation, sessionsOf, TALKATIVE } from './sessions-situations.ts'

/** Past its retry horizon. */
const LATE = { attempts: 9, firsttriedat: '2026-11-18T12:00:00.000Z' }

/** Takes the events of a situation through the real end-sessions; without any, a new one about the member and one past its horizon. */
export async function endSessions(outputs: Outputs, situation: SessionsSituation): Promise<void> {
  const { answers, events, secrets, config = {}, effects } = situation
  for (const batch of events ? [events] : [[sessionsOf()], [sessionsOf(LATE)]]) {
    const { observe, invoke } = createHandler('end-sessions', outputs)
    const world = createSessionsWorld({
      config,
      effects: {
        ...{ observe, ...effects },
        askStytch: async (request, credentials) => {
          outputs.add('request to Stytch', { request, credentials })
          const { endpoint } = toCall(request)
          return effects?.askStytch?.(request, credentials) ?? answers?.[endpoint] ?? TALKATIVE[endpoint]
        },
      },
    })
    const { credentials, ledgerKey } = SECRETS
    Object.assign(world.secrets, { stytch: JSON.stringify(credentials), 'ledger-key': ledgerKey }, secrets)
    await world.progress.effects.putFact(ACCEPTED, '')
    await invoke(() => world.handle(batch))
    addProgress(outputs, world.progress)
    addMessages(outputs, 'sessions', world.sent.sessions ?? [])
    addMessages(outputs, 'dead-letter', world.sent['dead-letter'] ?? [])
    for (const row of world.rows.values()) outputs.add('row of a table', row)
  }
}
