import type { SQSRecord } from 'aws-lambda'
import type { UncheckedBreachEvent } from '../../lib/contract/breach-event.ts'
import { isCanary } from '../../lib/contract/canary.ts'
import { isExpired } from '../../lib/contract/fence.ts'
import { readSenderId } from '../../lib/queue/sender-id.ts'
import type { ConsumeQuota, Quota } from '../../lib/quota/hourly-quota.ts'
import type { Config, Sources } from './config.ts'

/** Why nobody in an event is reset, although it meets the contract. The detail names field and rule. `maxMembers`: of `over_limit`. */
export type Denial = {
  code:
    | 'expired'
    | 'source_not_allowed'
    | 'sender_not_allowed'
    | 'mode_not_allowed'
    | 'over_limit'
    | 'over_hourly_limit'
  detail: string
  maxMembers?: number | undefined
}

type Admission<Event> = { kind: 'admitted'; event: Event } | { kind: 'denied'; denial: Denial }

/**
 * Decides whether an event may come in: not expired, from a source that the stage allows and a sender of that source, in a mode and of a
 * size that the source may send, and within the hourly limits of source and stage. Those come last, because checking them counts the members.
 * The mode of an admitted event is lowered to what its source may have. Rejects when the members can't be counted.
 */
export async function admit<Event extends UncheckedBreachEvent>(
  environment: { config: Config; consumeQuota: ConsumeQuota; now: () => number },
  event: Event,
  record: SQSRecord,
): Promise<Admission<Event>> {
  const { config, now } = environment
  if (isExpired(event, now())) return denied('expired', 'expirytime: has passed')

  const source = limitsOf(event, config)
  if (!source) return denied('source_not_allowed', 'source: this stage allows no event of it')
  if (source.senders && !source.senders.includes(readSenderId(record.attributes.SenderId)))
    return denied('sender_not_allowed', 'source: this stage allows no event of it from this sender')
  if (source.highestMode === 'dry_run' && event.data.mode === 'enforce')
    return denied('mode_not_allowed', 'data.mode: this stage allows its source dry_run only')

  const count = event.data.members.length
  const overLimit = (limit: string) => `data.members: has ${count} members, this stage allows ${limit}`
  const ofStage = config.maxMembersPerEvent
  const { maxMembersPerEvent: ofSource = ofStage } = source
  const max = Math.min(ofStage, ofSource)
  if (count > max)
    return denied('over_limit', overLimit(ofSource < ofStage ? `its source ${max}` : `${max}`), max)

  if (source.quotas.length > 0) {
    const message = {
      id: record.messageId,
      receives: Number(record.attributes.ApproximateReceiveCount),
    }
    const full = await environment.consumeQuota(message, source.quotas, count)
    const whose = full?.name === WHOLE_STAGE ? '' : 'its source '
    if (full) return denied('over_hourly_limit', overLimit(`${whose}${full.maxPerHour} an hour`))
  }
  return { kind: 'admitted', event: lowerToSource(event, source) }
}

function denied(code: Denial['code'], detail: string, maxMembers?: number) {
  return { kind: 'denied', denial: { code, detail, maxMembers } } as const
}

const EVERY_OTHER = '*'

/** What a source may send, and where its members are counted: first for itself, whose refusals use up nothing of the stage's hour. */
type SourceLimits = Sources[string] & { quotas: Quota[] }

/** Names of quotas beside those of sources. */
const WHOLE_STAGE = 'stage all'
const CANARIES = 'stage canaries'

/** Each costs a call. As many as the breach queue can hold of hourly ones, which come all at once when fan-out was paused. */
const MAX_CANARIES_PER_HOUR = 400

/**
 * The limits of an event's source: its own, or those of `*`, which all sources that are not named share. Undefined: the stage does
 * not allow the source. A stage without `sources` limits no source. A canary is about nobody: it comes in without being named, from any sender,
 * and is not counted with members, but where hours are limited, not any number of them come in.
 */
function limitsOf(
  event: UncheckedBreachEvent,
  { sources, quotaTable, maxMembersPerHour }: Config,
): SourceLimits | undefined {
  if (isCanary(event.source, event.data.members))
    return { quotas: quotaTable === '' ? [] : [{ name: CANARIES, maxPerHour: MAX_CANARIES_PER_HOUR }] }
  const ofStage = toQuotas(WHOLE_STAGE, maxMembersPerHour)
  if (!sources) return { quotas: ofStage }
  const name = nameOf(event.source, sources)
  const limits = sources[name]
  return (
    limits && { ...limits, quotas: [...toQuotas(`source ${name}`, limits.maxMembersPerHour), ...ofStage] }
  )
}

function toQuotas(name: string, maxPerHour: number | undefined): Quota[] {
  return maxPerHour === undefined ? [] : [{ name, maxPerHour }]
}

function nameOf(source: string, sources: Sources): string {
  return Object.hasOwn(sources, source) ? source : EVERY_OTHER
}

/** Whether the source that a rejected event claims is bound to senders, and this is none of them. */
export function isFromWrongSender(
  source: string | undefined,
  sender: string,
  { sources = {} }: Pick<Config, 'sources'>,
): boolean {
  if (source === undefined) return false
  const { senders = [sender] } = sources[nameOf(source, sources)] ?? {}
  return !senders.includes(sender)
}

function lowerToSource<Event extends UncheckedBreachEvent>(event: Event, source: SourceLimits): Event {
  if (source.highestMode !== 'dry_run') return event
  return { ...event, data: { ...event.data, mode: source.highestMode } }
}
