import type { SQSRecord } from 'aws-lambda'
import type { UncheckedBreachEvent } from '../../lib/contract/breach-event.ts'
import { CANARY_SOURCE, isCanary } from '../../lib/contract/canary.ts'
import { isExpired } from '../../lib/contract/fence.ts'
import { readSenderId } from '../../lib/queue/sender-id.ts'
import type { ConsumeQuota } from '../../lib/quota/hourly-quota.ts'
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
  maxMembers?: number
}

type Admission<Event> = { kind: 'admitted'; event: Event } | { kind: 'denied'; denial: Denial }

/**
 * Decides whether an event may come in: not expired, from a source that the stage allows and a sender of that source, in a mode and of a
 * size that the source may send, and within its hourly limit. That comes last, because checking it counts the members. The mode of an admitted
 * event is lowered to what its source may have. Rejects when the members can't be counted.
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
  if (count > config.maxMembersPerEvent)
    return denied('over_limit', overLimit(`${config.maxMembersPerEvent}`), config.maxMembersPerEvent)
  const { name, maxMembersPerEvent = count, maxMembersPerHour } = source
  if (count > maxMembersPerEvent)
    return denied('over_limit', overLimit(`its source ${maxMembersPerEvent}`), maxMembersPerEvent)

  if (name !== undefined && maxMembersPerHour !== undefined) {
    const message = {
      id: record.messageId,
      receives: Number(record.attributes.ApproximateReceiveCount),
    }
    const quota = { name, maxPerHour: maxMembersPerHour }
    const hasRoom = await environment.consumeQuota(message, quota, count)
    if (!hasRoom) return denied('over_hourly_limit', overLimit(`its source ${maxMembersPerHour} an hour`))
  }
  return { kind: 'admitted', event: lowerToSource(event, source) }
}

function denied(
  code: Denial['code'],
  detail: string,
  maxMembers?: number,
): { kind: 'denied'; denial: Denial } {
  return { kind: 'denied', denial: { code, detail, ...(maxMembers !== undefined && { maxMembers }) } }
}

const EVERY_OTHER = '*'

/** What a source may send, and the name under which its members are counted. */
type SourceLimits = Sources[string] & { name?: string }

/** Each costs a call. Five times as many as the schedule can send, so that smoke checks pass, too. */
const MAX_CANARIES_PER_HOUR = 60

/**
 * The limits of an event's source: its own, or those of `*`, which all sources that are not named share. Undefined: the stage does
 * not allow the source. A stage without `sources` has no limits. A canary is about nobody and comes in without being named, from any sender, but where
 * hours are limited, not any number of them.
 */
function limitsOf(
  event: UncheckedBreachEvent,
  { sources, quotaTable }: Pick<Config, 'sources' | 'quotaTable'>,
): SourceLimits | undefined {
  if (!sources) return {}
  if (isCanary(event.source, event.data.members))
    return quotaTable === '' ? {} : { name: CANARY_SOURCE, maxMembersPerHour: MAX_CANARIES_PER_HOUR }
  const name = Object.hasOwn(sources, event.source) ? event.source : EVERY_OTHER
  const limits = sources[name]
  return limits && { ...limits, name }
}

function lowerToSource<Event extends UncheckedBreachEvent>(event: Event, source: SourceLimits): Event {
  if (source.highestMode !== 'dry_run') return event
  return { ...event, data: { ...event.data, mode: source.highestMode } }
}
