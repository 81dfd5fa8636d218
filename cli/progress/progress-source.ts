import { type DynamoDBClient, paginateQuery } from '@aws-sdk/client-dynamodb'
import type { LambdaClient } from '@aws-sdk/client-lambda'
import pLimit from 'p-limit'
import { type EventKey, eventKey, type Fact, indexDay, readEventKey } from '../../lib/progress/fact.ts'
import { readEvent, readRun } from '../../lib/progress/progress-table.ts'
import { openAwsClients, readOutputs } from '../aws.ts'
import { MAPPING_OUTPUTS, type Mapping, toMappings } from '../pause/mappings.ts'
import { flag } from '../shell.ts'
import { UsageError } from '../terminal.ts'
import { type Delivery, toDeliveries } from './deliveries.ts'
import type { ProgressTarget } from './progress-target.ts'

/** Where the facts of a stage are. */
export type ProgressSource = { dynamoDB: DynamoDBClient; table: string }

/**
 * Opens the table `Progress` of a deployed stack, or the one of that name. `mappings`: the event source mappings that are known by the stack.
 * Rejects with a sentence.
 */
export async function openProgress(
  target: ProgressTarget,
): Promise<ProgressSource & { lambda: LambdaClient; mappings: readonly Mapping[] }> {
  const { cloudFormation, dynamoDB, lambda } = openAwsClients()
  if ('table' in target) return { dynamoDB, lambda, table: target.table, mappings: [] }
  const names = ['ProgressTableName'] as const
  const outputs = await readOutputs(cloudFormation, target.stackName, names, Object.values(MAPPING_OUTPUTS))
  return { dynamoDB, lambda, table: outputs.ProgressTableName, mappings: toMappings(outputs) }
}

/** There is no event of that id, or not yet. */
export class NoSuchEvent extends Error {}

/**
 * Reads all facts of an event, at least one. Without its source it looks for the id among the events of the last 14 days; several sources
 * may have used it. A message whose event could not be read is found by its message id. Rejects with a sentence: NoSuchEvent, or a
 * UsageError if the source is needed. `now` in ms.
 */
export async function findEvent(
  source: ProgressSource,
  { id, eventSource }: { id: string; eventSource?: string | undefined },
  now: number,
): Promise<Fact[]> {
  if (eventSource !== undefined) {
    const facts = await readEvent(source, { source: eventSource, id })
    if (facts.length > 0) return facts
    throw new NoSuchEvent(
      'there is no event of that source and id (facts about an event are kept for 400 days)',
    )
  }
  const found = new Map<string, Found>()
  for (const canaries of [false, true])
    for await (const one of latestOf(source, { canaries, now }))
      if ((one.event ? one.event.id : one.run) === id) found.set(eventKey(one.event), one)
  const [first, ...others] = found.values()
  if (!first)
    throw new NoSuchEvent(
      `there is no event of that id in the last ${DAYS} days: status without an id lists them; to look further back give --source`,
    )
  if (others.length === 0) return readFound(source, first)
  const sources = [first, ...others].flatMap(({ event }) => (event ? flag('source', event.source) : []))
  throw new UsageError(`several sources have sent an event of that id: choose with ${sources.join(' or ')}`)
}

/** Reads the latest deliveries of the last 14 days, the newest first; those of canaries only if wanted. `now` in ms. */
export async function listLatest(
  source: ProgressSource,
  { limit, canaries, now }: { limit: number; canaries: boolean; now: number },
): Promise<Delivery[]> {
  const found = new Map<string, Found>()
  for (const ofCanaries of canaries ? [false, true] : [false]) {
    const enough = found.size + limit
    for await (const one of latestOf(source, { canaries: ofCanaries, now })) {
      found.set(one.event ? eventKey(one.event) : one.run, one)
      if (found.size >= enough) break
    }
  }
  const limited = pLimit(AT_ONCE)
  const events = await Promise.all(
    [...found.values()].map((one) => limited(async () => toDeliveries(await readFound(source, one)))),
  )
  const newestFirst = events.flat().toSorted((a, b) => lastSentAt(b) - lastSentAt(a))
  return newestFirst.slice(0, limit)
}

const AT_ONCE = 8

/** When a delivery, or the latest redrive of it, was accepted or refused. */
function lastSentAt({ redrives, ...first }: Delivery): number {
  return Math.max(
    ...[first, ...redrives].map(
      ({ accepted, refused, lastFactAt }) => (accepted ?? refused)?.at ?? lastFactAt,
    ),
  )
}

/** An event of the index; undefined, if the message `run` has none that could be read. */
type Found = { event: EventKey | undefined; run: string }

function readFound(source: ProgressSource, { event, run }: Found): Promise<Fact[]> {
  return event ? readEvent(source, event) : readRun(source, event, run)
}

const DAYS = 14
const DAY_MS = 24 * 3600 * 1000

/** What fan-out has accepted or refused in the last 14 days, canaries or all others, the latest first. An event may come several times. */
async function* latestOf(
  source: ProgressSource,
  { canaries, now }: { canaries: boolean; now: number },
): AsyncGenerator<Found> {
  // AWS may have tomorrow already.
  for (let day = -1; day < DAYS; day++) yield* ofDay(source, indexDay(now - day * DAY_MS, canaries))
}

async function* ofDay({ dynamoDB, table }: ProgressSource, day: string): AsyncGenerator<Found> {
  const pages = paginateQuery(
    { client: dynamoDB },
    {
      TableName: table,
      IndexName: 'latest',
      ScanIndexForward: false,
      KeyConditionExpression: '#day = :day',
      ExpressionAttributeNames: { '#day': 'day' },
      ExpressionAttributeValues: { ':day': { S: day } },
    },
  )
  for await (const { Items = [] } of pages)
    for (const { event, fact } of Items) {
      const [run = ''] = fact?.S?.split(' ') ?? []
      yield { event: readEventKey(event?.S), run }
    }
}
