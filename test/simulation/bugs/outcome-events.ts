import { PutEventsCommand } from '@aws-sdk/client-eventbridge'
import { FINISHED, type OutcomeEvent, REFUSED } from '../../../lib/contract/outcome-event.ts'
import type { Fact } from '../../../lib/progress/fact.ts'
import type { Seams } from '../world/boot.ts'
import { progress } from './facts.ts'
import type { Bug } from './hunt.ts'

/** Bugs in what is said on the bus. */
export const outcomeBugs: Record<string, Bug> = {
  'does not wait for sessions before it says finished': {
    breaks: 'nothing is finished too early',
    seams: reading((facts) => facts.map((fact) => ({ ...fact, passedOn: [] }))),
  },
  'says finished for the rows that it knows of': {
    breaks: 'nothing is finished too early',
    seams: reading((facts) => facts.map(withEndedRows)),
  },
  'says of each row how it ended last': {
    breaks: 'nothing is finished too early',
    seams: reading((facts) => facts.map((fact) => withoutEarlierEnds(fact, facts))),
  },
  'says finished for an accepted event': {
    breaks: 'nothing is finished too early',
    seams: saying((event) => [event, ...(event.type === FINISHED ? [] : [asFinished(event)])]),
  },
  'says nothing of a refused event': {
    breaks: 'everything is said',
    seams: saying((event) => (event.type === REFUSED ? [] : [event])),
  },
  'does not count an event that is lost': {
    breaks: 'everything is said',
    seams: progress(({ sendOutcomes }) => ({
      sendOutcomes: sendOutcomes && ((events) => sendOutcomes(events).catch(() => {})),
    })),
  },
  'loses the entries that PutEvents failed': {
    breaks: 'everything is said',
    seams: {
      bus: ({ send }) => ({
        send: async (command) => ({ ...((await send(command)) as object), FailedEntryCount: 0 }),
      }),
    },
  },
  'says something where there is no bus': {
    breaks: 'everything is said',
    seams: {
      progress: (effects, { environment, world }) => ({
        ...effects,
        sendOutcomes:
          effects.sendOutcomes ??
          (async ([event]) =>
            world.note({
              ...{ what: 'said', invocation: environment.invocation?.id ?? '', bus: 'default' },
              ...{ type: event?.type ?? '', detail: JSON.stringify(event) },
            })),
      }),
    },
  },
  'gives an event another id each time': {
    breaks: 'outcome events agree',
    seams: progress(({ sendOutcomes }, { random }) => ({
      sendOutcomes:
        sendOutcomes &&
        ((events) => sendOutcomes(events.map((event) => ({ ...event, id: `${random.next('id')}` })))),
    })),
  },
  'gives all events of a run one id': {
    breaks: 'outcome events agree',
    seams: saying((event) => [{ ...event, id: event.data.run }]),
  },
  'says nothing of where a redrive comes from': {
    breaks: 'outcome events agree',
    seams: saying((event) => [{ ...event, data: { ...event.data, redrive_of: undefined } } as OutcomeEvent]),
  },
  'sends to the default bus': {
    breaks: 'outcome events agree',
    seams: {
      bus: ({ send }) => ({
        send: (command) => {
          if (!(command instanceof PutEventsCommand)) return send(command)
          const Entries = command.input.Entries?.map((entry) => ({ ...entry, EventBusName: 'default' }))
          return send(new PutEventsCommand({ ...command.input, Entries }))
        },
      }),
    },
  },
  'names a member in an event': {
    breaks: 'nothing leaks',
    seams: progress(({ sendOutcomes }, { people }) => ({
      sendOutcomes:
        sendOutcomes &&
        ((events) => sendOutcomes(events.map((event) => ({ ...event, subject: people.emailOf(0) })))),
    })),
  },
}

function saying(change: (event: OutcomeEvent) => OutcomeEvent[]): Seams {
  return progress(({ sendOutcomes }) => ({
    sendOutcomes:
      sendOutcomes &&
      (async (events) => {
        const changed = events.flatMap(change)
        if (changed.length > 0) await sendOutcomes(changed)
      }),
  }))
}

function reading(change: (facts: readonly Fact[]) => Fact[]): Seams {
  return progress(({ readRun }) => ({ readRun: async (event, run) => change(await readRun(event, run)) }))
}

function withEndedRows(fact: Fact): Fact {
  const { accepted } = fact
  return { ...fact, accepted: accepted && { ...accepted, rows: '' } }
}

/** The fact without the rows of which a later one of the same function tells another end. */
function withoutEarlierEnds(fact: Fact, facts: readonly Fact[]): Fact {
  const later = facts.filter(({ at, by }) => by === fact.by && at > fact.at)
  const isLast = (index: number) => !later.some(({ ends }) => ends.some((end) => end.index === index))
  return { ...fact, ends: fact.ends.filter(({ index }) => isLast(index)) }
}

const NONE = { count: 0, rows: '' }
const LANE = { open: NONE, skipped: { count: 0, by_code: {} }, dead_lettered: { count: 0, by_code: {} } }

function asFinished(event: OutcomeEvent): OutcomeEvent {
  const { run, row_count } = event.data
  const data = {
    ...event.data,
    ...{ ...LANE, reset: NONE, row_count, sessions: { ...LANE, ended: NONE, row_count: 0 } },
    ...{ mode: 'enforce', reason: 'infostealer', accepted_at: event.time, finished_at: event.time },
  }
  return { ...event, id: `${run}:finished`, type: FINISHED, data } as unknown as OutcomeEvent
}
