import { QueryCommand } from '@aws-sdk/client-dynamodb'
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda'
import type { Fact } from '../../../lib/progress/fact.ts'
import type { ProgressEffects } from '../../../lib/progress/keep-facts.ts'
import type { Handle, Seams } from '../world/boot.ts'
import type { World } from '../world/world.ts'
import type { Bug } from './hunt.ts'
import { redriven, withoutOwnEvents } from './marks.ts'

/** Bugs in what facts say, and in when they are put and read. */
export const factBugs: Record<string, Bug> = {
  'puts a fact before the remainder is sent': { breaks: 'facts come last', seams: tooEarly() },
  'puts facts of records that failed': { breaks: 'facts come last', seams: ofFailedRecords() },
  'fails the records whose fact could not be put': {
    breaks: 'facts come last',
    seams: afterALostFact(async ({ Records }) => ({
      batchItemFailures: Records.map(({ messageId }) => ({ itemIdentifier: messageId })),
    })),
  },
  'handles a batch again whose fact could not be put': {
    breaks: 'facts come last',
    seams: afterALostFact((event, remainingMs, handle) => handle(event, remainingMs)),
  },
  'waits for a table that hangs': { breaks: 'facts delay nothing', seams: waitingFor('putFact') },
  'waits for a bus that hangs': { breaks: 'facts delay nothing', seams: waitingFor('sendOutcomes') },
  'dates a reset when its fact is put': {
    breaks: 'facts are true',
    seams: putting((fact) => ({
      ...fact,
      ends: fact.ends.map((end) => (end.kind === 'reset' ? { ...end, at: fact.at } : end)),
    })),
  },
  'says that rows of a refused event are skipped': {
    breaks: 'facts are true',
    seams: putting(({ refused, ...fact }) =>
      refused ? { ...fact, ends: [{ index: 0, kind: 'skipped', code: refused.code }] } : fact,
    ),
  },
  'says that everyone reset was passed on': {
    breaks: 'facts are true',
    seams: putting((fact) => ({ ...fact, passedOn: fact.ends.map(({ index }) => index) })),
  },
  'forgets whom it has passed on': {
    breaks: 'counts are true',
    seams: putting((fact) => ({ ...fact, passedOn: [] })),
  },
  'does not know its own reset again': { breaks: 'counts are true', seams: withoutOwnEvents() },
  'counts a redrive as an event of its own': { breaks: 'counts are true', seams: redriven() },
  'keeps no fact of a refused event': {
    breaks: 'counts are true',
    seams: progress(({ putFact }) => ({
      putFact: async (fact, settlement) => (fact.refused ? undefined : putFact(fact, settlement)),
    })),
  },
  'does not count a fact that is lost': {
    breaks: 'counts are true',
    seams: progress(({ putFact }) => ({
      putFact: (fact, settlement) => putFact(fact, settlement).catch(() => {}),
    })),
  },
  'names a member in a fact': {
    breaks: 'nothing leaks',
    seams: progress(({ putFact }, { people }) => ({
      putFact: ({ accepted, ...fact }, settlement) =>
        putFact({ ...fact, accepted: accepted && { ...accepted, reason: people.emailOf(0) } }, settlement),
    })),
  },
  'reads a run without consistency': {
    breaks: 'everything is said',
    seams: querying((input) => ({ ...input, ConsistentRead: false })),
  },
  'reads one page of a run': {
    breaks: 'everything is said',
    seams: {
      progressTable: ({ send }) => ({
        send: async (command) => ({ ...((await send(command)) as object), LastEvaluatedKey: undefined }),
      }),
    },
  },
  'reads a run before it puts its own fact': { breaks: 'everything is said', seams: readingFirst() },
}

/** Changes what keeps facts, in all functions. */
export function progress(
  change: (effects: ProgressEffects, world: World) => Partial<ProgressEffects>,
): Seams {
  return { progress: (effects, { world }) => ({ ...effects, ...change(effects, world) }) }
}

function putting(change: (fact: Fact) => Fact): Seams {
  return progress(({ putFact }) => ({ putFact: (fact, settlement) => putFact(change(fact), settlement) }))
}

function querying(change: (input: QueryCommand['input']) => QueryCommand['input']): Seams {
  return {
    progressTable: ({ send }) => ({
      send: (command) =>
        send(command instanceof QueryCommand ? new QueryCommand(change(command.input)) : command),
    }),
  }
}

/** The fact of a message on the reset queue that says of nobody how they ended. */
function emptyFact(body: string, at: number): Fact {
  const { source, id, resetrun } = JSON.parse(body)
  return { event: { source, id }, run: resetrun, by: 'require-reset', at, ends: [], passedOn: [] }
}

function tooEarly(): Seams {
  return {
    resetEffects: (effects) => ({
      ...effects,
      sendMessages: async (to, messages) => {
        const all = [...messages]
        const [first] = all
        if (to === 'reset' && first) await effects.putFact(emptyFact(first.body, effects.now()), 'early')
        return effects.sendMessages(to, all)
      },
    }),
  }
}

function ofFailedRecords(): Seams {
  const effectsOf = new WeakMap<object, ProgressEffects>()
  return {
    progress: (effects, { environment }) => {
      effectsOf.set(environment, effects)
      return effects
    },
    requireReset: (create, { timeline }, environment) => {
      const handle = create()
      return async (event, remainingMs) => {
        const response = await handle(event, remainingMs)
        const failed = response.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)
        for (const { body, messageId } of event.Records)
          if (failed.includes(messageId))
            await effectsOf
              .get(environment)
              ?.putFact(emptyFact(body, timeline.now()), 'failed')
              .catch(() => {})
        return response
      }
    },
  }
}

type After = (event: SQSEvent, remainingMs: number, handle: Handle) => Promise<SQSBatchResponse>

/** Changes what require-reset does after an invocation in which a fact could not be put. */
function afterALostFact(then: After): Seams {
  const lost = new WeakSet<object>()
  return {
    progress: (effects, { environment }) => ({
      ...effects,
      putFact: async (fact, settlement) => {
        try {
          await effects.putFact(fact, settlement)
        } catch (error) {
          lost.add(environment)
          throw error
        }
      },
    }),
    requireReset: (create, _, environment) => {
      const handle = create()
      return async (event, remainingMs) => {
        const response = await handle(event, remainingMs)
        return lost.delete(environment) ? then(event, remainingMs, handle) : response
      }
    },
  }
}

/** Waits, at the end of an invocation of require-reset, for everything that it has asked of the table or of the bus. */
function waitingFor(name: 'putFact' | 'sendOutcomes'): Seams {
  const asked = new WeakMap<object, Promise<void>[]>()
  return {
    progress: (effects, { environment }) => {
      const pending: Promise<void>[] = []
      asked.set(environment, pending)
      const waiting = (doing: Promise<void>) => {
        pending.push(doing.catch(() => {}))
        return doing
      }
      const { putFact, sendOutcomes } = effects
      if (name === 'putFact') return { ...effects, putFact: (...given) => waiting(putFact(...given)) }
      return { ...effects, sendOutcomes: sendOutcomes && ((events) => waiting(sendOutcomes(events))) }
    },
    requireReset: (create, _, environment) => {
      const handle = create()
      return async (event, remainingMs) => {
        const response = await handle(event, remainingMs)
        await Promise.all(asked.get(environment)?.splice(0) ?? [])
        return response
      }
    },
  }
}

/** Of two writers at the same moment neither sees the fact of the other. */
function readingFirst(): Seams {
  return progress(({ putFact, readRun }) => {
    const known = new Map<string, Fact[]>()
    return {
      putFact: async (fact, settlement) => {
        const before = fact.event ? await readRun(fact.event, fact.run) : []
        await putFact(fact, settlement)
        known.set(fact.run, [...before, fact])
      },
      readRun: async (_, run) => known.get(run) ?? [],
    }
  })
}
