import { Duration } from 'aws-cdk-lib/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listLatest } from '../../../cli/progress/progress-source.ts'
import { type LocalSystem, startLocalSystem } from '../../../infra/local/local-system.ts'
import { ACCEPTED, FINISHED, REFUSED } from '../../../lib/contract/outcome-event.ts'
import { summarize } from '../../../lib/progress/summary.ts'
import { sendMessages } from '../../../lib/queue/send-messages.ts'
import { breachEvent } from '../../fixtures/breach-event.ts'
import { stages } from '../../fixtures/stages.ts'
import { waitUntil } from '../../infra/local/system/wait-until.ts'
import { namesOfPatterns, problemsOf, readAsCloudEvent } from '../outcome-consumer.ts'

let system: LocalSystem

beforeAll(async () => {
  const stage = { ...stages.local, sessionsWindow: Duration.seconds(1), outcomes: { eventBus: 'security' } }
  system = await startLocalSystem({ stageName: 'local', stage })
})
afterAll(() => system.stop())

describe('what a consumer of the bus receives of a run', () => {
  it('is valid, is matched by the rules that it is for, and says what status reads', async () => {
    const { organizationId } = system.stytch.addOrganization()
    system.stytch.addMember({ email: 'ada@customer.example', organizationId })
    system.stytch.setPassword('ada@customer.example')
    const nobody = { email_address: 'nobody@customer.example' }
    const bodies = [
      breachEvent({
        id: 'all-well',
        data: { members: [{ email_address: 'ada@customer.example' }, nobody] },
      }),
      breachEvent({ id: 'one-invalid', data: { members: [nobody, { email_address: 'x' }] } }),
      '',
    ].map((body) => ({ body: JSON.stringify(body) }))
    await sendMessages(
      { sqs: system.sqs, sleep: async () => {}, random: Math.random },
      system.queues.breach.url,
      bodies,
    )
    await waitUntil('three runs to end', () => {
      const types = system.bus.events().map(({ detailType }) => detailType)
      return types.filter((type) => type !== ACCEPTED).length >= 3
    })

    const entries = system.bus.events()
    for (const { bus, source, detailType, detail } of entries)
      expect([bus, source, detailType]).toEqual(['security', 'breach-reset', detail.type])
    const received = entries.map(({ detail }) => detail)
    for (const event of received) {
      expect(problemsOf(event)).toEqual([])
      expect(readAsCloudEvent(JSON.stringify(event))).toEqual(event)
    }
    const matched = received.map((event) => [event.subject, event.type, namesOfPatterns(event)])
    const both = ['ended.json', 'attention.json']
    const expected = [
      ['all-well', ACCEPTED, []],
      ['all-well', FINISHED, ['ended.json']],
      ['one-invalid', ACCEPTED, []],
      ['one-invalid', FINISHED, both],
      [undefined, REFUSED, both],
    ]
    expect(new Set(matched.map(String))).toEqual(new Set(expected.map(String)))
    const [finished] = received.filter(({ subject, type }) => subject === 'all-well' && type === FINISHED)
    expect(finished?.data).toMatchObject({
      ...{ row_count: 2, reset: { count: 1, rows: '0' } },
      skipped: { by_code: { not_a_member: { count: 1, rows: '1' } } },
      sessions: { row_count: 1, ended: { count: 1, rows: '0' } },
    })
    const table = { dynamoDB: system.dynamoDB, table: system.progress.table }
    const latest = await listLatest(table, { limit: 10, canaries: false, now: Date.now() })
    const [allWell] = latest.filter(({ event }) => event?.id === 'all-well')
    expect(allWell?.state).toBe('finished')
    const { row_count, reset, skipped, dead_lettered, sessions } = summarize(allWell ?? { rows: [] })
    const { open: _open, ...ofSessions } = sessions
    expect(finished?.data).toMatchObject({ row_count, reset, skipped, dead_lettered, sessions: ofSessions })
  })
})
