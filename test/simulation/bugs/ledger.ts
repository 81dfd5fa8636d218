import { BatchGetItemCommand } from '@aws-sdk/client-dynamodb'
import type { Effects } from '../../../functions/require-reset/environment.ts'
import type { PersonRow, ResetRow } from '../../../lib/ledger/ledger.ts'
import type { Seams } from '../world/boot.ts'
import { PROJECT_ID } from '../world/journal.ts'
import type { Bug } from './hunt.ts'

/** Bugs in how require-reset uses the ledger. */
export const ledgerBugs: Record<string, Bug> = {
  'acknowledges before the ledger is written': {
    breaks: 'acknowledged only when durable',
    seams: writing(
      ({ writeResets }) =>
        async (rows) =>
          void writeResets(rows).catch(() => {}),
    ),
  },
  'writes the ledger only at the end of the invocation': {
    breaks: 'few resets are unrecorded',
    seed: 163,
    seams: atTheEndOnly(),
  },
  'covers with > instead of >=': {
    breaks: 'nobody covered is called',
    seed: 31,
    seams: knowing(({ resetAt = 0, ...row }) => ({ ...row, resetAt: resetAt - 1 })),
  },
  'covers with an unusable answer': {
    breaks: 'acknowledged only when durable',
    seams: knowing(({ resetAt = 0, unusable }) => ({ resetAt: Math.max(resetAt, unusable?.at ?? 0) })),
  },
  'forgets an answer that was not usable': {
    breaks: 'every repeat has a cause',
    seed: 1343,
    seams: knowing(({ resetAt }) => ({ resetAt })),
  },
  'treats an unreadable ledger as empty': {
    breaks: 'nobody covered is called',
    seams: reading(
      ({ readRows }) =>
        (people) =>
          readRows(people).catch(() => new Map()),
    ),
  },
  'ignores UnprocessedKeys': { breaks: 'nobody covered is called', seams: answersWithout('UnprocessedKeys') },
  'ignores UnprocessedItems': {
    breaks: 'acknowledged only when durable',
    seams: answersWithout('UnprocessedItems'),
  },
  'reads the ledger without ConsistentRead': {
    breaks: 'nobody covered is called',
    seams: { dynamoDB: (client) => ({ send: (command) => client.send(inconsistent(command)) }) },
  },
  'writes rows under another person': {
    breaks: 'acknowledged only when durable',
    seams: rewriting((row) => ({ ...row, person: `${row.person}0` })),
  },
  'writes the end of a call instead of its start': {
    breaks: 'ledger rows are true',
    seams: rewriting((row, { now }) => ({ ...row, at: now() })),
  },
  'notes no uncertain calls': {
    breaks: 'uncertain resets are reported',
    seams: { resetEffects: (effects) => ({ ...effects, writeUncertain: async () => {} }) },
  },
  'takes the ledger for that of any project': {
    breaks: 'only our project is called',
    seams: {
      resetEffects: (effects) => ({
        ...effects,
        checkSentinel: (ledgerKey) => effects.checkSentinel(ledgerKey, PROJECT_ID),
      }),
    },
  },
  'treats an unanswered call as a reset': {
    breaks: 'ledger rows are true',
    seams: {
      resetEffects: (effects) => ({
        ...effects,
        writeUncertain: ({ person, at, source, eventId }) =>
          effects.writeResets([{ person, at, source, eventId, outcome: 'reset' }]),
      }),
    },
  },
}

function atTheEndOnly(): Seams {
  const kept = new WeakMap<object, { rows: ResetRow[]; write: Effects['writeResets'] }>()
  return {
    resetEffects: (effects, _, environment) => {
      const rows: ResetRow[] = []
      kept.set(environment, { rows, write: effects.writeResets })
      return { ...effects, writeResets: async (more) => void rows.push(...more) }
    },
    requireReset: (create, _, environment) => {
      const handle = create()
      return async (event, remainingMs) => {
        const response = await handle(event, remainingMs)
        const { rows = [], write } = kept.get(environment) ?? {}
        for (const row of rows.splice(0)) await write?.([row])
        return response
      }
    },
  }
}

function inconsistent(command: unknown): unknown {
  if (!(command instanceof BatchGetItemCommand)) return command
  const tables = Object.entries(command.input.RequestItems ?? {})
  return new BatchGetItemCommand({
    RequestItems: Object.fromEntries(
      tables.map(([table, request]) => [table, { ...request, ConsistentRead: false }]),
    ),
  })
}

function writing(change: (effects: Effects) => Effects['writeResets']): Seams {
  return { resetEffects: (effects) => ({ ...effects, writeResets: change(effects) }) }
}

function rewriting(change: (row: ResetRow, effects: Effects) => ResetRow): Seams {
  return writing((effects) => (rows) => effects.writeResets(rows.map((row) => change(row, effects))))
}

function reading(change: (effects: Effects) => Effects['readRows']): Seams {
  return { resetEffects: (effects) => ({ ...effects, readRows: change(effects) }) }
}

function knowing(change: (row: PersonRow) => PersonRow): Seams {
  return reading(({ readRows }) => async (people) => {
    const known = await readRows(people)
    return new Map([...known].map(([person, row]) => [person, change(row)]))
  })
}

function answersWithout(field: 'UnprocessedKeys' | 'UnprocessedItems'): Seams {
  return {
    dynamoDB: ({ send }) => ({
      send: async (command) => ({ ...((await send(command)) as object), [field]: undefined }),
    }),
  }
}
