import { ruleOf } from './rule-of.ts'
import type { Invocation, Message, Story } from './story.ts'

const HOUR_MS = 3_600_000

/**
 * What fan-out forwards for a source with an hourly limit was counted before, in full, under the name that the stage gives the
 * source, and is remembered by its message; and in no 60 minutes are more members remembered than the limit.
 */
export function hourlyLimitHolds({ run, invocations, messages }: Story): string[] {
  const all = [...invocations.values()].filter(({ role }) => role === 'fan-out')
  const remembered = all.flatMap((invocation) => invocation.remembered)
  const limited = ({ json }: Message) => Number.isFinite(ruleOf(run, json)?.mostPerHour)
  const accepted = remembered.flatMap(({ message: id, at }) => {
    const message = messages.get(id)
    const { name = '', mostPerHour = 0 } = ruleOf(run, message?.json) ?? {}
    return { name, mostPerHour, at, members: message?.json?.data.members.length ?? 0 }
  })
  const tooMany = accepted.flatMap(({ name, mostPerHour, at }) => {
    const hour = accepted.filter((other) => other.name === name && other.at >= at && other.at < at + HOUR_MS)
    const members = sum(hour.map((other) => other.members))
    return members > mostPerHour ? [`${members} members of ${name} in an hour, not ${mostPerHour}`] : []
  })
  return [...tooMany, ...all.flatMap(notCounted), ...all.flatMap(notRemembered)]

  function notCounted({ invocation, counted, remembered: own }: Invocation): string[] {
    const rows = own.flatMap(({ message }) => messages.get(message) ?? [])
    return [...Map.groupBy(rows, ({ json }) => ruleOf(run, json)?.name ?? '')].flatMap(([name, of]) => {
      const members = sum(of.map(({ json }) => json?.data.members.length ?? 0))
      const known = sum(counted.filter((one) => one.name === name).map((one) => one.members))
      return known < members ? [`${invocation} counted ${known} of ${members} members of ${name}`] : []
    })
  }

  function notRemembered({ messages: received, sent }: Invocation): string[] {
    return sent
      .filter(({ queue, json }) => queue === 'reset' && json)
      .flatMap((chunk) => {
        const origins = received.filter(({ json }) => json?.id === chunk.json?.id)
        const isKnown = (id: string) =>
          remembered.some(({ message, index }) => message === id && index < chunk.index)
        const isFree = origins.some((origin) => !limited(origin) || isKnown(origin.message))
        return isFree ? [] : [`${chunk.message} was forwarded and not counted`]
      })
  }
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0)
