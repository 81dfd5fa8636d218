import { setTimeout as sleep } from 'node:timers/promises'
import { paginateScan } from '@aws-sdk/client-dynamodb'
import type { LedgerEnvironment } from '../../lib/ledger/items.ts'
import { type Compared, restoreRows } from '../../lib/ledger/restore-rows.ts'
import { beginLedger, compareSentinels, readSentinel } from '../../lib/ledger/sentinel.ts'
import { openAwsClients, readOutputs } from '../aws.ts'
import { count } from '../input/input.ts'
import { say } from '../lines.ts'
import { type Terminal, UsageError } from '../terminal.ts'

type Restore = { stack: string; fromTable: string; go: boolean; json: boolean }

/** Copies back what the ledger of a stack lacks, or says what there is. Resolves to exit code 0. Rejects with a sentence. */
export async function restore(
  { stack, fromTable, go, json }: Restore,
  signal: AbortSignal,
  { stdout }: Terminal,
): Promise<number> {
  const { cloudFormation, dynamoDB } = openAwsClients()
  const { LedgerTableName: table } = await readOutputs(cloudFormation, stack, ['LedgerTableName'])
  if (table === fromTable) throw new UsageError('--from-table: is the ledger itself; name the restored table')
  const ledger: LedgerEnvironment = { dynamoDB, table, sleep: (ms) => sleep(ms), random: Math.random }
  const isStarted = await agree(ledger, fromTable, go)
  const rows = { reset: none(), sessions: none() }
  const now = Date.now()
  for await (const { Items = [] } of paginateScan({ client: dynamoDB }, { TableName: fromTable })) {
    for (const kind of KINDS) {
      const copies = Items.filter((item) => item.kind?.S === kind)
      const compared = await restoreRows(ledger, copies, { kind, go, now, signal })
      for (const how of HOWS) rows[kind][how] += compared[how]
    }
  }
  const asJson = { action: go ? 'restore' : 'preview', sentinel: isStarted ? 'kept' : 'missing', ...rows }
  if (json) stdout.write(`${JSON.stringify(asJson, undefined, 2)}\n`)
  else say(stdout, toReport(rows, { fromTable, go, isStarted }))
  return 0
}

const KINDS = ['reset', 'sessions'] as const
const HOWS = ['missing', 'older', 'kept', 'ahead'] as const
const none = (): Compared => ({ missing: 0, older: 0, kept: 0, ahead: 0 })

const MISMATCHES = {
  'other key':
    'this table was made with another ledger key: nobody would be found by its rows. Nothing was copied. If the key was changed, put the old one back first (docs/runbook.md, Ledger key changed)',
  'other project':
    'this table is of another Stytch project: nobody would be found by its rows. Nothing was copied',
}

/**
 * Rejects unless both tables were started with the same key and project. A ledger that has been emptied gets the sentinel before any row,
 * so that no function with another key can start it meanwhile. Resolves to whether it had one.
 */
async function agree(ledger: LedgerEnvironment, fromTable: string, go: boolean): Promise<boolean> {
  const theirs = await readSentinel({ ...ledger, table: fromTable })
  if (!theirs)
    throw new Error(
      'this table has no sentinel row: it is not a copy of a ledger, or of one that was never started. Nothing was copied',
    )
  const found = await readSentinel(ledger)
  const ours = found ?? (go ? await beginLedger(ledger, theirs) : theirs)
  const comparison = compareSentinels(theirs, ours)
  if (comparison !== 'same') throw new Error(MISMATCHES[comparison])
  return found !== undefined
}

type Rows = Record<(typeof KINDS)[number], Compared>

function toReport(
  rows: Rows,
  { fromTable, go, isStarted }: { fromTable: string; go: boolean; isStarted: boolean },
) {
  const line = (title: string, reset: string | number, sessions: string | number) =>
    `  ${title.padEnd(44)} ${String(reset).padStart(9)} ${String(sessions).padStart(9)}`
  const counts = (title: string, how: (typeof HOWS)[number]) =>
    line(title, rows.reset[how], rows.sessions[how])
  const copied = KINDS.reduce((sum, kind) => sum + rows[kind].missing + rows[kind].older, 0)
  const isAhead = KINDS.some((kind) => rows[kind].ahead > 0)
  return [
    line(`of ${fromTable}`, 'resets', 'sessions'),
    counts(go ? 'copied, the ledger had none' : 'the ledger has none', 'missing'),
    counts(go ? 'copied, the ledger had an older one' : 'the ledger has an older one', 'older'),
    counts('left out, the ledger has it or a newer one', 'kept'),
    ...(isAhead ? [counts('left out, its time is still to come', 'ahead')] : []),
    ...(isStarted
      ? []
      : [`The ledger ${go ? 'had no sentinel row: copied' : 'has no sentinel row: it is copied'} first.`]),
    go
      ? `Copied ${count(copied, 'row')}.`
      : `Nothing was changed. Pause require-reset and end-sessions, then --go copies ${count(copied, 'row')}.`,
  ].join('\n')
}
