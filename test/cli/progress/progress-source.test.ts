import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { findEvent, listLatest, NoSuchEvent, openProgress } from '../../../cli/progress/progress-source.ts'
import { UsageError } from '../../../cli/terminal.ts'
import type { Interception } from '../../../infra/local/aws-endpoint.ts'
import { startFakeAws } from '../start-fake-aws.ts'
import { AT, accepted, EVENT, refused, reset, settled } from './facts.ts'
import { openProgressTable } from './open-progress.ts'

const NOW = AT + 3_600_000
const DAY_MS = 24 * 3_600_000
const of = (id: string, source = EVENT.source) => ({ event: { source, id } })

describe('an event, found by its id', () => {
  it('has all facts of it, whatever wrote them, more than a page of them too', async () => {
    const { source, put } = await openProgressTable()
    // Each is about 50 kB, and a page of DynamoDB 1 MB.
    const many = Array.from({ length: 30 }, (_, run) =>
      settled(
        'require-reset',
        Array.from({ length: 5000 }, (_, index) => reset(index, AT + index * 1e6)),
        {
          run: `run-${run}`,
        },
      ),
    )
    await put(accepted('0-4999'), ...many, accepted('0', of('another')))
    expect(await findEvent(source, { id: EVENT.id }, NOW)).toHaveLength(31)
  })

  it('needs its source when several have used the id, which are named as a shell takes them', async () => {
    const { source, put } = await openProgressTable()
    const other = of(EVENT.id, "feed'$(id)")
    await put(accepted('0'), accepted('0-1', other))
    const search = findEvent(source, { id: EVENT.id }, NOW)
    await expect(search).rejects.toThrow(UsageError)
    await expect(search).rejects.toThrow(/: choose with .*--source 'feed'\\''\$\(id\)'/)
    await expect(search).rejects.toThrow('--source urn:example:feed')
    const facts = await findEvent(source, { id: EVENT.id, eventSource: other.event.source }, NOW)
    expect(facts.map(({ accepted }) => accepted?.rows)).toEqual(['0-1'])
  })

  it('needs its source when it is more than 14 days old, and no longer', async () => {
    const { source, put } = await openProgressTable()
    await put(accepted('0'))
    const find = (days: number, eventSource?: string) =>
      findEvent(source, { id: EVENT.id, eventSource }, AT + days * DAY_MS)
    expect(await find(13)).toHaveLength(1)
    await expect(find(15)).rejects.toThrow(/^there is no event of that id in the last 14 days: .* --source$/)
    expect(await find(15, EVENT.source)).toHaveLength(1)
  })

  it('is found when AWS has tomorrow already', async () => {
    const { source, put } = await openProgressTable()
    await put(accepted('0', { at: Date.parse('2026-11-30T00:00:01Z') }))
    expect(await findEvent(source, { id: EVENT.id }, Date.parse('2026-11-29T23:59:00Z'))).toHaveLength(1)
  })

  it('is not there: says so, and repeats no id', async () => {
    const { source } = await openProgressTable()
    for (const eventSource of [undefined, 'urn:example:canary']) {
      const search = findEvent(source, { id: 'canary', eventSource }, NOW)
      await expect(search).rejects.toThrow(NoSuchEvent)
      await expect(search).rejects.not.toThrow(/canary/)
    }
  })

  it('is a message whose event could not be read, found by the id of the message', async () => {
    const { source, put } = await openProgressTable()
    const unreadable = refused('not_json', '', { event: undefined, run: 'message-1' })
    await put(unreadable, { ...unreadable, run: 'message-2' })
    const facts = await findEvent(source, { id: 'message-1' }, NOW)
    expect(facts.map(({ run }) => run)).toEqual(['message-1'])
  })
})

describe('the latest deliveries', () => {
  it('come newest first, each once, as many as asked for, without canaries unless they are wanted', async () => {
    const { source, put } = await openProgressTable()
    const run = (name: string, minutes: number, id: string, from?: string) =>
      accepted('0', { run: name, at: NOW - minutes * 60_000, ...of(id, from) })
    await put(
      ...[run('old', 6 * 24 * 60, 'a'), run('again', 3, 'a'), run('b', 2, 'b'), run('b', 2, 'b')],
      run('canary', 1, 'canary-1', 'urn:breach-reset:canary'),
      run('old-canary', 70, 'canary-2', 'urn:breach-reset:canary'),
      accepted('0-1', { run: 'two-rows', at: NOW - 8 * 60_000, ...of('two', 'urn:breach-reset:canary') }),
      refused('not_json', '', { event: undefined, run: 'unreadable', at: NOW - 4 * 60_000 }),
      refused('not_json', '', { event: undefined, run: 'unreadable-2', at: NOW - 5 * 60_000 }),
    )
    const list = async (limit: number, canaries = false) =>
      (await listLatest(source, { limit, canaries, now: NOW })).map(({ run }) => run)
    expect(await list(10)).toEqual(['b', 'again', 'unreadable', 'unreadable-2', 'two-rows', 'old'])
    expect(await list(2)).toEqual(['b', 'again'])
    expect(await list(1, true)).toEqual(['canary'])
    expect(await list(3, true)).toEqual(['canary', 'b', 'again'])
  })

  it('are read from no more days than they need', async () => {
    const days: unknown[] = []
    const { source, put } = await openProgressTable(async ({ action, body }) => {
      if (action === 'Query') days.push(JSON.stringify(body).match(/\d{4}-\d\d-\d\d(?=")/)?.[0])
      return 'pass'
    })
    await put(accepted('0'), accepted('0', { run: 'old', at: AT - 2 * DAY_MS, ...of('old') }))
    expect(await listLatest(source, { limit: 1, canaries: false, now: NOW })).toHaveLength(1)
    expect(days.filter((day) => day)).toEqual(['2026-11-30', '2026-11-29'])
  })

  it('put an old one first whose dead letters were redriven just now', async () => {
    const { source, put } = await openProgressTable()
    await put(
      accepted('0', { run: 'first' }),
      accepted('0', { run: 'second', at: AT + 1000, ...of('b') }),
      accepted('0', { run: 'redrive', at: AT + 2000, of: 'first' }),
    )
    const latest = await listLatest(source, { limit: 5, canaries: false, now: NOW })
    expect(latest.map(({ run, redrives }) => [run, redrives.length])).toEqual([
      ['first', 1],
      ['second', 0],
    ])
  })
})

describe('the table', () => {
  const open = async (stacks: Record<string, Record<string, string>>, stackName: string) => {
    const aws = await startFakeAws({ stacks, lines: [], denied: new Map() })
    onTestFinished(async () => void (await aws.stop()))
    vi.stubEnv('AWS_ENDPOINT_URL_CLOUDFORMATION', aws.cloudFormation.url)
    return openProgress({ stackName, typed: '' })
  }
  const stub = (environment: Record<string, string>) => {
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value)
    onTestFinished(() => void vi.unstubAllEnvs())
  }

  it('is the one that the stack names, and a stack of an earlier version names none', async () => {
    const { environment, put } = await openProgressTable()
    stub(environment)
    await put(accepted('0'))
    const source = await open({ new: { ProgressTableName: 'Progress' } }, 'new')
    expect(await findEvent(source, { id: EVENT.id }, NOW)).toHaveLength(1)
    await expect(open({ old: { Mode: 'enforce' } }, 'old')).rejects.toThrow(
      'stack old has no output ProgressTableName',
    )
  })

  it.each<[Interception, string]>([
    ['pass', 'dynamodb:Query: there is no such table in this account and region'],
    [
      { status: 400, errorType: 'AccessDeniedException' },
      'dynamodb:Query was denied: you need that permission',
    ],
    [
      { status: 400, errorType: 'AccessDeniedException', message: 'needs kms:Decrypt on the key' },
      'dynamodb:Query: KMS refused (AccessDeniedException): you need kms:Decrypt on the key of the stack',
    ],
  ])('that cannot be read (%j) is a sentence', async (decision, sentence) => {
    const { environment } = await openProgressTable(async ({ action }) =>
      action === 'Query' ? decision : 'pass',
    )
    stub(environment)
    const source = await openProgress({ table: 'another', typed: '' })
    await expect(findEvent(source, { id: 'any' }, NOW)).rejects.toThrow(sentence)
  })
})
