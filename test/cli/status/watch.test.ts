import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { type Wanted, watch } from '../../../cli/status/watch.ts'
import { status as command } from '../../../cli/status.ts'
import type { Fact } from '../../../lib/progress/fact.ts'
import { AT, accepted, EVENT, ended, refused, reset, settled } from '../progress/facts.ts'
import { openProgressTable } from '../progress/open-progress.ts'
import { runCommand } from '../run-command.ts'

type News = readonly Fact[] | 'interrupt'

/**
 * Watches events of a table, one minute between two looks, while `news` comes to it: the first before the first look. `queries`: how often
 * the table was read.
 */
async function watchNews(
  news: readonly News[],
  over: { wanted?: readonly Wanted[]; patienceMs?: number; needsAccepted?: boolean } = {},
) {
  const { wanted = [{ id: EVENT.id, eventSource: EVENT.source }], patienceMs = 60_000, ...how } = over
  let queries = 0
  const { source, put } = await openProgressTable(async ({ action }) => {
    if (action === 'Query') queries++
    return 'pass'
  })
  const stderr = new PassThrough()
  const interruption = new AbortController()
  let now = AT
  let looks = 0
  const sleep = async () => {
    const next = news[looks++] ?? []
    if (next === 'interrupt') interruption.abort(new Error('interrupted'))
    else await put(...next)
    now += 60_000
  }
  await sleep()
  const deps = { stderr, quiet: false, signal: interruption.signal, sleep, now: () => now }
  const watching = { ...deps, patienceMs, ...how }
  const ends = await watch(source, wanted, watching).catch((error: Error) => error.message)
  return { ends, looks, queries, lines: (await text(stderr.end())).trim().split(/ *\n/) }
}

const DONE = [
  settled('require-reset', [reset(0), reset(1), reset(2)], { passedOn: [0, 1] }),
  settled('end-sessions', [ended(0), ended(1)], { at: AT + 90_000 }),
]

describe('an event that is watched', () => {
  it('is waited for, and followed until nothing of it is open, with rows, rate and time left', async () => {
    const { ends, lines } = await watchNews([[], [accepted('0-2')], DONE.slice(0, 1), DONE.slice(1)])
    expect(ends).toMatchObject([{ state: 'finished' }])
    expect(lines).toEqual([
      'Not accepted yet. Waiting, at most 60 s ...',
      '-------------------- 0/3 rows done  0 reset',
      '==================== 3/3 rows done  3 reset',
    ])
  })

  it('is given up when it does not come in time', async () => {
    const { ends, looks, lines } = await watchNews([], { patienceMs: 120_000 })
    expect([ends, looks, lines.length]).toEqual([[undefined], 3, 1])
  })

  it('is not given up while it is open, however long nothing new comes', async () => {
    const { ends, looks } = await watchNews([[accepted('0-2')], [], [], [], [], DONE])
    expect([ends, looks]).toMatchObject([[{ state: 'finished' }], 6])
  })

  it('that is refused is at its end', async () => {
    const { ends, looks } = await watchNews([[refused('over_limit', '0-9')]])
    expect([ends, looks]).toMatchObject([[{ state: 'refused' }], 1])
  })

  it('that is refused is waited for, until it is redriven, where it must be accepted', async () => {
    const whole = refused('over_limit', '0-2', { run: 'whole' })
    const piece = [accepted('0-2', { run: 'piece', of: 'whole' })]
    const done = DONE.map((fact) => ({ ...fact, run: 'piece' }))
    const redriven = await watchNews([[whole], piece, done], { needsAccepted: true })
    expect([redriven.ends, redriven.looks]).toMatchObject([[{ run: 'whole', state: 'finished' }], 3])
    const { ends, looks } = await watchNews([[whole]], { needsAccepted: true })
    expect([ends, looks]).toMatchObject([[{ state: 'refused' }], 2])
  })

  it('is not watched any more when the user interrupts', async () => {
    expect((await watchNews([[accepted('0')], 'interrupt'])).ends).toBe('interrupted')
  })

  it('is searched by its id once, and read by its source from then on', async () => {
    const now = [accepted('0-2'), accepted('0-2', { event: { ...EVENT, id: 'another' } })]
    const first = await watchNews([[...now, ...DONE]], { wanted: [{ id: EVENT.id }] })
    const second = await watchNews([now, [], DONE], { wanted: [{ id: EVENT.id }] })
    expect(second.queries - first.queries).toBe(2)
  })
})

describe('the bar of an event', () => {
  const rows = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, index) => reset(from + index))
  const lastLineOf = async (...news: News[]) => (await watchNews([...news, 'interrupt'])).lines.at(-1)
  const first = [accepted('0-9'), settled('require-reset', rows(0, 2))]
  const second = [settled('require-reset', rows(2, 6))]

  it('shows the rate, and the time left, of the rows that it saw being done', async () => {
    expect(await lastLineOf(first, second)).toBe(
      '============-------- 6/10 rows done  6 reset  0.1 rows/s  60 s left',
    )
  })

  it('says how long nothing new has come, and of another row that it has', async () => {
    expect(await lastLineOf(first, [])).toMatch(/ 2 reset {2}nothing new for 60 s$/)
    expect(await lastLineOf(first, [], second)).toMatch(/ 6 reset {2}0.0 rows\/s {2}2 min left$/)
  })

  it('does not count a row as done whose sessions have not ended', async () => {
    const passedOn = settled('require-reset', [reset(0), reset(1)], { passedOn: [0] })
    expect(await lastLineOf([accepted('0-1'), passedOn])).toMatch(/ 1\/2 rows done {2}2 reset$/)
  })
})

describe('several events that are watched', () => {
  const other = { source: EVENT.source, id: 'other' }
  const wanted = [
    { id: EVENT.id, eventSource: EVENT.source },
    { id: other.id, eventSource: other.source },
  ]
  const otherDone = DONE.map((fact) => ({ ...fact, event: other }))

  it('are one bar, and read until each is at its end, and no longer', async () => {
    const second = [accepted('0-2', { event: other })]
    const news = [[accepted('0-2'), ...DONE], second, otherDone]
    const { ends, lines, queries } = await watchNews(news, { wanted })
    expect(ends).toMatchObject([{ state: 'finished' }, { state: 'finished' }])
    expect([lines[0], lines.at(-1), queries]).toEqual([
      '==================== 3/3 rows done  3 reset',
      '==================== 6/6 rows done  6 reset',
      4,
    ])
  })

  it('give one that does not come more time while there is news of the others', async () => {
    const { ends, looks } = await watchNews([[accepted('0-2')], DONE.slice(0, 1), DONE.slice(1)], { wanted })
    expect([ends, looks]).toMatchObject([[{ state: 'finished' }, undefined], 4])
  })
})

it('of an event that was sent twice, the delivery of a message, or of a redrive of its dead letters, is watched', async () => {
  const facts = [
    ...[accepted('0', { run: 'first' }), settled('require-reset', [reset(0)], { run: 'first' })],
    ...[accepted('0', { run: 'redrive', of: 'first' }), accepted('0', { run: 'second', at: AT + 1 })],
    settled('require-reset', [reset(0)], { run: 'redrive' }),
  ]
  const wanted = (run?: string) => [{ id: EVENT.id, eventSource: EVENT.source, ...(run && { run }) }]
  for (const run of ['first', 'redrive'])
    expect((await watchNews([facts], { wanted: wanted(run) })).ends).toMatchObject([{ run: 'first' }])
  expect((await watchNews([facts, 'interrupt'], { wanted: wanted() })).ends).toBe('interrupted')
})

it('breach-reset status --watch waits for the redrive of an event that was refused', async () => {
  let looks = 0
  const { put, environment } = await openProgressTable(async ({ action }) => {
    if (action === 'Query' && ++looks === 2)
      await put(
        accepted('0-2', { run: 'piece', of: 'whole' }),
        ...DONE.map((fact) => ({ ...fact, run: 'piece' })),
      )
    return 'pass'
  })
  await put(refused('over_limit', '0-2', { run: 'whole' }))
  const args = [EVENT.id, '--source', EVENT.source, '--table', 'Progress', '--watch']
  const { code, stderr } = await runCommand(command, args, { environment })
  expect([code, stderr.split('\n')[0]]).toEqual([0, 'Not accepted yet. Waiting, at most 60 s ...'])
})
