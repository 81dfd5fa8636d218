import { isHourly } from '../scenario/scenario.ts'
import { quotasOf } from './limits.ts'
import type { Invocation, Message, Trace } from './trace.ts'

const HOUR_MS = 3_600_000

/**
 * What fan-out forwards was counted before, in full, for its source and for the stage, where these have an hourly limit, and is remembered by
 * its message. In no 60 minutes are more members remembered than either limit.
 */
export function hourlyLimitHolds({ run, invocations, messages }: Trace): string[] {
  if (!isHourly(run.deployment.stage)) return []
  const all = [...invocations.values()].filter(({ role }) => role === 'fan-out')
  const memories = all.flatMap((one) => one.remembered).sort((one, other) => other.index - one.index)
  const remembered = new Map(memories.map((first) => [first.message, first]))
  const accepted = [...remembered.values()].flatMap(({ message, at }) => countsOf(messages.get(message), at))
  const tooMany = [...Map.groupBy(accepted, ({ name }) => name).values()].flatMap((own) =>
    own.flatMap(({ name, maxPerHour, at }) => {
      const hour = own.filter((other) => other.at >= at && other.at < at + HOUR_MS)
      const members = sum(hour.map((other) => other.members))
      return members > maxPerHour ? [`${members} members of ${name} in an hour, not ${maxPerHour}`] : []
    }),
  )
  return [...tooMany, ...all.flatMap(notCounted), ...all.flatMap(notRemembered)]

  function countsOf(message: Message | undefined, at: number) {
    const members = message?.json?.data.members.length ?? 0
    return quotasOf(run, message?.json).map(({ name, maxPerHour }) => ({ name, maxPerHour, at, members }))
  }

  function notCounted({ invocation, counted, remembered: own, at }: Invocation): string[] {
    const counts = own.flatMap(({ message }) => countsOf(messages.get(message), at))
    return [...Map.groupBy(counts, ({ name }) => name)].flatMap(([name, of]) => {
      const members = sum(of.map((one) => one.members))
      const known = sum(counted.filter((one) => one.name === name).map((one) => one.members))
      return known < members ? [`${invocation} counted ${known} of ${members} members of ${name}`] : []
    })
  }

  function notRemembered({ messages: received, sent }: Invocation): string[] {
    return sent
      .filter(({ queue, json }) => queue === 'reset' && json)
      .flatMap((chunk) => {
        const origins = received.filter(({ json }) => json?.id === chunk.json?.id)
        const isKnown = (id: string) => (remembered.get(id)?.index ?? Number.POSITIVE_INFINITY) < chunk.index
        const isFree = origins.some(
          ({ json, message }) => quotasOf(run, json).length === 0 || isKnown(message),
        )
        return isFree ? [] : [`${chunk.message} was forwarded and not counted`]
      })
  }
}

/**
 * An event that is refused takes nothing from an hour: where nothing went wrong, the members that an invocation with one event has counted
 * are those of the message that it remembers. (Of events at the same moment, one can take the room that the other has seen.)
 */
export function refusalsTakeNoRoom({ run, invocations, messages }: Trace): string[] {
  if (run.deployment.stage.maxMembersPerHour === undefined) return []
  const all = [...invocations.values()].filter(({ role }) => role === 'fan-out')
  const isAlone = ({ at, endedAt = at, messages: own }: Invocation) =>
    own.length === 1 && all.filter((one) => one.at <= endedAt && (one.endedAt ?? endedAt) >= at).length === 1
  return all.filter(isAlone).flatMap(({ invocation, failures, counted, remembered }) => {
    if (failures?.length !== 0) return []
    const own = remembered.flatMap(({ message }) => messages.get(message) ?? [])
    return [...Map.groupBy(counted, ({ name }) => name)].flatMap(([name, of]) => {
      const taken = own.filter(({ json }) => quotasOf(run, json).some((quota) => quota.name === name))
      const members = sum(taken.map(({ json }) => json?.data.members.length ?? 0))
      const known = sum(of.map((one) => one.members))
      return known === members ? [] : [`${invocation} counted ${known} members of ${name}, not ${members}`]
    })
  })
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
