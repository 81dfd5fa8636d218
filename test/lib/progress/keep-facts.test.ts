import { describe, expect, it } from 'vitest'
import type { Fact } from '../../../lib/progress/fact.ts'
import { keepFacts, type ProgressEffects } from '../../../lib/progress/keep-facts.ts'
import { createClock } from '../../fakes/create-clock.ts'
import { createProgress } from '../../fakes/create-progress.ts'
import { createRecorder } from '../../fakes/create-recorder.ts'
import { accepted, EVENT, ended, fact, NOON, RUN, reset } from './facts.ts'

/** The table and bus of one stage, and what keeps facts in them. `keep` resolves to how long it took, in ms. */
function createWorld(
  effects: (clock: ReturnType<typeof createClock>) => Partial<ProgressEffects> = () => ({}),
) {
  const clock = createClock()
  const recorder = createRecorder()
  const progress = createProgress()
  const environment = {
    ...{ config: { stage: 'dev' }, observe: recorder.observe, sleep: clock.sleep, random: Math.random },
    ...progress.effects,
    ...effects(clock),
  }
  async function keep(facts: readonly Fact[], leftMs = 10_000) {
    let endedAt = Number.NaN
    const keeping = keepFacts(environment, facts, leftMs).then(() => {
      endedAt = clock.monotonic()
    })
    const startedAt = clock.monotonic()
    await clock.run()
    await keeping
    return endedAt - startedAt
  }
  return { ...progress, clock, recorder, keep, lost: () => recorder.total('ProgressLost') }
}

const refused = fact({ by: 'fan-out', refused: { code: 'expired', rows: '0-2' } })
const unreadable = fact({ by: 'fan-out', event: undefined, refused: { code: 'not_json', rows: '' } })
const all = fact({ ends: [reset(0), reset(1), reset(2)], passedOn: [0] })
const sessions = fact({ by: 'end-sessions', ends: [ended(0)] })

const idsOf = ({ events }: ReturnType<typeof createWorld>) => events.map(({ id }) => id)
const hang = () => new Promise<never>(() => {})
const fail = () => Promise.reject(new Error('down'))

describe('keeping facts', () => {
  it('says that an event is accepted, and that it is finished with the last fact, whichever that is', async () => {
    for (const facts of [
      [accepted(), all, sessions],
      [sessions, all, accepted()],
    ]) {
      const world = createWorld()
      for (const one of facts) {
        expect(idsOf(world)).not.toContain(`${RUN}:finished`)
        await world.keep([one])
      }
      expect(idsOf(world).toSorted()).toEqual([`${RUN}:accepted`, `${RUN}:finished`])
      expect(world.facts()).toHaveLength(3)
    }
  })

  it('says it at least once when two invocations write the last facts at the same time', async () => {
    const world = createWorld()
    await world.keep([accepted()])
    await Promise.all([world.keep([all]), world.keep([sessions])])
    expect(idsOf(world)).toContain(`${RUN}:finished`)
  })

  it('says again, with the same id, what a repeated message says again', async () => {
    const world = createWorld()
    await world.keep([accepted(), all, sessions])
    await world.keep([all])
    expect(idsOf(world).filter((id) => id === `${RUN}:finished`).length).toBeGreaterThan(1)
    expect(new Set(world.events.map(({ source }) => source))).toEqual(new Set(['urn:breach-reset:dev']))
  })

  it('says that a message is refused, also one that could not be read', async () => {
    const world = createWorld()
    await world.keep([refused, { ...unreadable, run: 'run-2' }])
    expect(world.events.map(({ id, subject }) => [id, subject])).toEqual([
      [`${RUN}:refused`, EVENT.id],
      ['run-2:refused', undefined],
    ])
    expect(world.facts()).toHaveLength(2)
  })

  it('does not read a run that it knows is refused', async () => {
    const world = createWorld(() => ({ readRun: fail }))
    await world.keep([refused])
    expect(world.lost()).toBe(0)
  })

  it('says nothing, and reads nothing, in a stage without a bus', async () => {
    const world = createWorld(() => ({ sendOutcomes: undefined, readRun: fail }))
    await world.keep([accepted(), all, sessions, refused])
    expect(world.facts()).toHaveLength(4)
    expect(world.lost()).toBe(0)
  })

  it('does nothing without facts', async () => {
    const world = createWorld(() => ({ putFact: hang, sendOutcomes: hang }))
    await world.keep([])
    expect(world.clock.monotonic()).toBe(0)
  })
})

describe('a fact that is lost', () => {
  it.each([
    ['the table rejects', { putFact: fail }, [`${RUN}:accepted`], 0, 1],
    ['the table can be written, not read', { readRun: fail }, [`${RUN}:accepted`], 1, 1],
    ['the bus rejects', { sendOutcomes: fail }, [], 1, 1],
    ['nothing works', { putFact: fail, sendOutcomes: fail }, [], 0, 2],
  ])('is counted, costs nothing else, and never rejects: %s', async (_, effects, said, kept, lost) => {
    const world = createWorld(() => effects)
    await world.keep([accepted()])
    expect([idsOf(world), world.facts().length, world.lost()]).toEqual([said, kept, lost])
    expect(world.recorder.notes).toHaveLength(lost)
    expect(world.recorder.notes[0]).toMatchObject({
      message: 'progress lost',
      fields: { event_source: EVENT.source, event_id: EVENT.id, run: RUN, error_name: 'Error' },
    })
  })

  it('costs no other fact', async () => {
    const world = createWorld()
    const { putFact } = world.effects
    const failing = createWorld(() => ({
      putFact: async (one, s) => (one.run === RUN ? fail() : putFact(one, s)),
    }))
    await failing.keep([accepted(), { ...accepted(), run: 'run-2' }])
    expect(world.facts().map(({ run }) => run)).toEqual(['run-2'])
    expect(failing.lost()).toBe(1)
  })

  it('waits for the table although the bus has rejected: a process that has answered may be frozen', async () => {
    const world = createWorld(() => ({ sendOutcomes: fail }))
    const { putFact } = world.effects
    const slow = createWorld(({ sleep }) => ({
      sendOutcomes: fail,
      putFact: async (one, s) => {
        await sleep(300)
        await putFact(one, s)
      },
    }))
    expect(await slow.keep([accepted()])).toBe(300)
    expect(world.facts()).toHaveLength(1)
  })

  it.each([
    ['the table', { putFact: hang }, 1],
    ['reading the table', { readRun: hang }, 1],
    ['the bus', { sendOutcomes: hang }, 1],
    ['everything', { putFact: hang, readRun: hang, sendOutcomes: hang }, 2],
  ])('takes two seconds at most when %s hangs', async (_, effects, lost) => {
    const world = createWorld(() => effects)
    expect(await world.keep([accepted()])).toBe(2000)
    expect(world.lost()).toBe(lost)
  })

  it.each([
    [800, 550],
    [250, 0],
    [0, 0],
    [-5000, 0],
  ])('leaves time to answer, of the %d ms that are left to the invocation', async (leftMs, takenMs) => {
    const world = createWorld(() => ({ putFact: hang, sendOutcomes: hang }))
    expect(await world.keep([accepted({}, NOON)], leftMs)).toBe(takenMs)
    expect(world.lost()).toBe(2)
  })

  it('is not one that was slow, and came in time', async () => {
    const world = createWorld(({ sleep }) => ({ putFact: () => sleep(900) }))
    expect(await world.keep([accepted()])).toBe(900)
    expect(world.lost()).toBe(0)
  })
})
