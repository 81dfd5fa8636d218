import type { SQSEvent } from 'aws-lambda'
import type { Seams } from '../world/boot.ts'
import type { Bug } from './hunt.ts'
import { type Rewrite, rewriteBodies } from './messages.ts'

/** Bugs in how run and index travel with messages. */
export const markBugs: Record<string, Bug> = {
  'forgets the index of somebody in a chunk': {
    breaks: 'runs and indices are kept',
    seams: { fanOutEffects: (effects) => rewriting(effects, 'reset', withoutIndex) },
  },
  'gives a redriven letter the indices of a new event': {
    breaks: 'runs and indices are kept',
    seams: { fanOutEffects: (effects) => rewriting(effects, 'reset', byPlace) },
  },
  'forgets the run of a row that is not valid': {
    breaks: 'runs and indices are kept',
    seams: {
      fanOutEffects: (effects) =>
        rewriting(effects, 'dead-letter', (body) => ({ ...body, resetrun: undefined })),
    },
  },
  'forgets the index of who is deferred': {
    breaks: 'runs and indices are kept',
    seams: { resetEffects: (effects) => rewriting(effects, 'reset', withoutIndex) },
  },
  'forgets the index of who is passed on': {
    breaks: 'runs and indices are kept',
    seams: { resetEffects: (effects) => rewriting(effects, 'sessions', withoutIndex) },
  },
  'forgets the index in a letter': {
    breaks: 'runs and indices are kept',
    seams: { resetEffects: (effects) => rewriting(effects, 'dead-letter', withoutIndex) },
  },
  'forgets the run in a letter': {
    breaks: 'runs and indices are kept',
    seams: {
      resetEffects: (effects) =>
        rewriting(effects, 'dead-letter', (body) => ({ ...body, resetrun: undefined })),
    },
  },
  'forgets the index of whose sessions are not over yet': {
    breaks: 'runs and indices are kept',
    seams: { endEffects: (effects) => rewriting(effects, 'sessions', withoutIndex) },
  },
}

/** The bodies of fan-out may be anything. */
function rewriting<Effects extends { sendMessages: Parameters<typeof rewriteBodies>[0]; now: () => number }>(
  effects: Effects,
  queue: string,
  rewrite: Rewrite,
): Effects {
  const ofEvents: Rewrite = (body, now) => (Array.isArray(body?.data?.members) ? rewrite(body, now) : body)
  const { sendMessages, now } = effects
  const send: typeof sendMessages = (to, messages) => {
    const all = [...messages]
    return to === queue && all.every(({ body }) => body.startsWith('{') && body.endsWith('}'))
      ? rewriteBodies(sendMessages, queue, ofEvents, now)(to, all)
      : sendMessages(to, all)
  }
  return { ...effects, sendMessages: send }
}

function withMembers(body: Parameters<Rewrite>[0], change: (row: object, place: number) => object) {
  return { ...body, data: { ...body.data, members: body.data.members.map(change) } }
}

const withoutIndex: Rewrite = (body) => withMembers(body, (row) => ({ ...row, row_index: undefined }))

const byPlace: Rewrite = (body) =>
  withMembers(body, (row, place) => ('row_index' in row ? { ...row, row_index: place } : row))

/** fan-out does not see that a message is the dead letter of an earlier run. */
export function redriven(): Seams {
  return {
    fanOut: (create) => {
      const handle = create()
      return (event, remainingMs) => handle(withoutRuns(event), remainingMs)
    },
  }
}

function withoutRuns(event: SQSEvent): SQSEvent {
  const Records = event.Records.map((record) => ({
    ...record,
    body: record.body.replace(/"resetrun":"[^"]*",?/, ''),
  }))
  return { Records }
}

/** The ledger does not say for which event somebody was reset, or logged out. */
export function withoutOwnEvents(): Seams {
  const none = { source: undefined, eventId: undefined }
  const forget = <Row extends object>(rows: ReadonlyMap<string, Row>) =>
    new Map([...rows].map(([person, row]) => [person, { ...row, ...none }]))
  return {
    resetEffects: (effects) => ({
      ...effects,
      readRows: async (people) => forget(await effects.readRows(people)),
    }),
    endEffects: (effects) => ({
      ...effects,
      readEnded: async (people) => forget(await effects.readEnded(people)),
    }),
  }
}
