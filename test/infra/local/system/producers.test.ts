import { afterAll, beforeAll, expect, it } from 'vitest'
import { type LocalSystem, startLocalSystem } from '../../../../infra/local/local-system.ts'
import { documentedEntries, jsonBlocksOf } from '../../../docs/pages.ts'
import { type Entry, fromEventBridge } from '../../../fixtures/from-event-bridge.ts'
import { fromSns } from '../../../fixtures/from-sns.ts'
import { stages } from '../../../fixtures/stages.ts'
import { isDrained, send } from './crowd.ts'
import { waitUntil } from './wait-until.ts'

let system: LocalSystem
beforeAll(async () => {
  system = await startLocalSystem({ stageName: 'local', stage: stages.local })
})
afterAll(() => system?.stop())

const [event = ''] = jsonBlocksOf('docs/contract.md')
const [entry] = documentedEntries as [Entry]
const DOCUMENTED = 'ada@customer.example'
const about = (email: string, text: string) => text.replace(DOCUMENTED, email)

it.concurrent.each<[way: string, deliver: (email: string) => unknown]>([
  ['SQS, or SNS with raw message delivery', (email) => about(email, event)],
  ['SNS', (email) => fromSns(about(email, event))],
  ['EventBridge', (email) => fromEventBridge({ ...entry, Detail: about(email, entry.Detail) })],
])(
  'the documented event by %s resets its member, and does not reset it again when it is delivered again',
  async (way, deliver) => {
    const email = `${way.split(/\W/)[0]}@customer.example`
    const { organizationId } = system.stytch.addOrganization()
    system.stytch.addMember({ email, organizationId })
    system.stytch.setPassword(email)
    const process = async () => {
      await send(system, deliver(email))
      await waitUntil('the queues to be drained', () => isDrained(system))
    }
    await process()
    expect(system.stytch.password(email).state).not.toBe('usable')
    system.stytch.setPassword(email)
    await process()
    expect(system.stytch.password(email).state).toBe('usable')
  },
)
