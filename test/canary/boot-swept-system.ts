import { ListTablesCommand, ScanCommand } from '@aws-sdk/client-dynamodb'
import { startLocalSystem } from '../../infra/local/local-system.ts'
import { stages } from '../fixtures/stages.ts'
import type { Sinks } from './create-sinks.ts'
import { feedLine } from './feed-line.ts'
import { feedMessages } from './feed-messages.ts'
import { SWEPT_SOURCES } from './swept-sources.ts'

export type SweptSystem = Awaited<ReturnType<typeof bootSweptSystem>>

/**
 * Boots the local system and feeds what its functions write and answer. `refused`: how AWS answers requests of the functions,
 * by action. `renew` has every execution environment of require-reset killed before its response is accepted: the next ones
 * read their secrets anew. `feedStores` adds what the tables and the queues hold at the end.
 */
export async function bootSweptSystem(sinks: Sinks) {
  const refused = new Map<string, { errorType: string; message: string }>()
  let losesResponses = false
  const system = await startLocalSystem({
    stageName: 'local',
    // Time for three tries that each time out.
    stage: {
      ...stages.local,
      stytchRequestsPerSecond: 2000,
      maxMembersPerEvent: 30,
      functionTimeoutSeconds: 20,
      sources: SWEPT_SOURCES,
    },
    onLog: (line) => feedLine(sinks, line),
    onBatch: ({ result }) => sinks.add('response of a function', result),
    intercept: async ({ action, caller }) => {
      const [name = ''] = caller.split(/[0-9A-F]{8}$/)
      const error = refused.get(action) ?? refused.get(`${name}:${action}`)
      return error && /^(FanOut|RequireReset)/.test(caller) ? { status: 400, ...error } : 'pass'
    },
    beforeResponse: async () => (losesResponses ? 'drop' : 'pass'),
  })
  const { requireReset } = system.functions

  async function renew(): Promise<void> {
    losesResponses = true
    while (requireReset.running() > 0) await requireReset.invoke({ Records: [] })
    losesResponses = false
  }

  async function feedStores(): Promise<void> {
    const { TableNames = [] } = await system.dynamoDB.send(new ListTablesCommand())
    for (const TableName of TableNames) {
      const { Items = [] } = await system.dynamoDB.send(new ScanCommand({ TableName }))
      for (const item of Items) sinks.add('row of a table', item)
    }
    feedMessages(sinks, 'reset', system.inspector.messages(system.queues.reset.url))
    feedMessages(sinks, 'dead-letter', system.inspector.messages(system.queues.deadLetter.url))
  }

  return { system, refused, renew, feedStores }
}
