import { BatchGetItemCommand } from '@aws-sdk/client-dynamodb'
import type { Effects } from '../../../functions/require-reset/environment.ts'
import type { LedgerRow } from '../../../lib/ledger/ledger.ts'
import type { Seams } from '../world/boot.ts'
import type { World } from '../world/world.ts'
import type { Bug } from './hunt.ts'

/** Bugs in how require-reset uses the ledger. */
export const ledgerBugs: Record<string, Bug> = {
  'acknowledges before the ledger is written': {
    breaks: 'acknowledged only when durable',
    seams: writing(
      ({ writeRows }) =>
        async (rows) =>
          void writeRows(rows).catch(() => {}),
    ),
  },
  'writes the ledger only at the end of the invocation': {
    breaks: 'few resets are unrecorded',
    seams: atTheEndOnly(),
  },
  'covers with > instead of >=': {
    breaks: 'nobody covered is called',
    seams: reading(({ readResets }) => async (people) => {
      const resets = await readResets(people)
      return new Map([...resets].map(([person, at]) => [person, at - 1]))
    }),
  },
  'covers with an uncertain row': {
    breaks: 'acknowledged only when durable',
    seams: reading(({ readResets }, { ledger }) => async (people) => {
      const resets = await readResets(people)
      for (const person of people) {
        const row = ledger.get({ person: { S: person }, kind: { S: 'uncertain' } }, true)
        if (row?.calledAt?.N) resets.set(person, Math.max(resets.get(person) ?? 0, Number(row.calledAt.N)))
      }
      return resets
    }),
  },
  'treats an unreadable ledger as empty': {
    breaks: 'nobody covered is called',
    seams: reading(
      ({ readResets }) =>
        (people) =>
          readResets(people).catch(() => new Map()),
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
    seams: rewriting((row) => [{ ...row, person: `${row.person}0` }]),
  },
  'writes the end of a call instead of its start': {
    breaks: 'ledger rows are true',
    seams: rewriting((row, { now }) => [{ ...row, at: now() }]),
  },
  'writes no uncertain rows': {
    breaks: 'uncertain resets are reported',
    seams: rewriting((row) => (row.kind === 'uncertain' ? [] : [row])),
  },
  'treats an unanswered call as a reset': {
    breaks: 'ledger rows are true',
    seams: rewriting((row) => [{ ...row, kind: 'reset' }]),
  },
}

function atTheEndOnly(): Seams {
  const kept = new WeakMap<object, { rows: LedgerRow[]; write: Effects['writeRows'] }>()
  return {
    resetEffects: (effects, _, environment) => {
      const rows: LedgerRow[] = []
      kept.set(environment, { rows, write: effects.writeRows })
      return { ...effects, writeRows: async (more) => void rows.push(...more) }
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

function writing(change: (effects: Effects) => Effects['writeRows']): Seams {
  return { resetEffects: (effects) => ({ ...effects, writeRows: change(effects) }) }
}

function rewriting(change: (row: LedgerRow, effects: Effects) => LedgerRow[]): Seams {
  return writing((effects) => async (rows) => {
    const changed = rows.flatMap((row) => change(row, effects))
    if (changed.length > 0) await effects.writeRows(changed)
  })
}

function reading(change: (effects: Effects, world: World) => Effects['readResets']): Seams {
  return { resetEffects: (effects, world) => ({ ...effects, readResets: change(effects, world) }) }
}

function answersWithout(field: 'UnprocessedKeys' | 'UnprocessedItems'): Seams {
  return {
    dynamoDB: ({ send }) => ({
      send: async (command) => ({ ...((await send(command)) as object), [field]: undefined }),
    }),
  }
}
