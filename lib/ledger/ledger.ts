import { createHmac } from 'node:crypto'
import { type AttributeValue, UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import { normalizeEmail } from '../contract/person.ts'
import {
  createRowReader,
  type Item,
  keyOf,
  type LedgerEnvironment,
  numberOf,
  readItems,
  toTexts,
  writeItems,
} from './items.ts'

/**
 * A reset to write into its person's row. It holds no personal data: the person is an HMAC. The person's password was killed, or
 * known to be absent, at `at` (ms since the epoch, start of the call): that covers the person.
 */
export type ResetRow = {
  person: string
  at: number
  outcome: 'reset' | 'no_password'
  source: string
  eventId: string
  requestId?: string | undefined
}

/**
 * A call that may have reset the person without saying so. It covers nobody. `uncertain`: was not answered and is repeated.
 * `unusable`: was answered, but not usably; it is not repeated for any event that was sent before.
 */
export type UncertainCall = Omit<ResetRow, 'outcome'> & { kind: 'uncertain' | 'unusable'; code: string }

/** An uncertain call as a row has it. */
export type NotedCall = { at: number; code: string; requestId?: string | undefined }

/**
 * What a person's row says. `resetAt`: when they were last reset, with how that ended and for which event. `uncertain` and `unusable`: the
 * latest such call. Times in ms since the epoch.
 */
export type PersonRow = {
  resetAt?: number | undefined
  outcome?: string | undefined
  source?: string | undefined
  eventId?: string | undefined
  uncertain?: NotedCall | undefined
  unusable?: NotedCall | undefined
}

/** The pseudonym of a person in ledger and logs: HMAC-SHA256 of project id and e-mail under the ledger key, in hex. */
export function personKey(ledgerKey: string, projectId: string, emailAddress: string): string {
  return createHmac('sha256', ledgerKey)
    .update(`${projectId}\n${normalizeEmail(emailAddress)}`)
    .digest('hex')
}

export type ReadRow = (person: string) => Promise<PersonRow | 'unreadable'>

/** Returns a reader of one person's row, see createRowReader. */
export function createReadRow(readRows: ReadRows, onError: (error: unknown) => void): ReadRow {
  return createRowReader(readRows, {}, onError)
}

export type ReadRows = (people: readonly string[]) => Promise<Map<string, PersonRow>>

/** Reads the rows of at most 100 people, see readItems. */
export async function readRows(
  environment: LedgerEnvironment,
  people: readonly string[],
): Promise<Map<string, PersonRow>> {
  const attributes = ['resetAt', 'outcome', 'source', 'eventId', 'uncertain', 'unusable']
  const items = await readItems(environment, people, { kind: 'reset', attributes })
  return new Map([...items].map(([person, item]) => [person, fromItem(item)]))
}

function fromItem({ resetAt, outcome, source, eventId, uncertain, unusable }: Item): PersonRow {
  return {
    resetAt: numberOf(resetAt),
    ...{ outcome: outcome?.S, source: source?.S, eventId: eventId?.S },
    uncertain: toNotedCall(uncertain?.M),
    unusable: toNotedCall(unusable?.M),
  }
}

function toNotedCall(call: Record<string, AttributeValue> = {}): NotedCall | undefined {
  const { calledAt, code, requestId } = call
  return code?.S ? { at: Number(calledAt?.N), code: code.S, requestId: requestId?.S } : undefined
}

export type WriteResets = (rows: readonly ResetRow[]) => Promise<void>

/** Writes the rows of at most 25 people, each in place of the one they had, see writeItems. */
export function writeResets(environment: LedgerEnvironment, rows: readonly ResetRow[]): Promise<void> {
  return writeItems(environment, rows.map(toItem))
}

function toItem({ person, at, ...texts }: ResetRow): Item {
  return { ...keyOf(person, 'reset'), resetAt: { N: String(at) }, ...toTexts(texts) }
}

/** Notes a call in its person's row, next to what the row says about their last reset. */
export async function writeUncertain(
  { dynamoDB, table }: Pick<LedgerEnvironment, 'dynamoDB' | 'table'>,
  { person, at, kind, ...texts }: UncertainCall,
): Promise<void> {
  const call = { calledAt: { N: String(at) }, ...toTexts(texts) }
  await dynamoDB.send(
    new UpdateItemCommand({
      TableName: table,
      Key: keyOf(person, 'reset'),
      UpdateExpression: `SET ${kind} = :call`,
      ExpressionAttributeValues: { ':call': { M: call } },
    }),
  )
}
