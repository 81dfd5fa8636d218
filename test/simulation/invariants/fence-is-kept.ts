import type { Body, Story } from './story.ts'

/**
 * The fence of every chunk is the end of the exposure or the moment the event was sent, whichever is earlier; a redriven letter
 * keeps the one it had. No remainder and no dead letter of a member changes it.
 */
export function fenceIsKept({ invocations }: Story): string[] {
  return [...invocations.values()].flatMap(({ invocation, role, messages, sent }) =>
    sent
      .filter(({ json, queue }) => json && (queue === 'reset' || role === 'require-reset'))
      .flatMap(({ json, message }) => {
        const origins = messages.filter((origin) => origin.json?.id === json?.id)
        const allowed = origins.map((origin) =>
          role === 'fan-out' ? fenceOf(origin.json, origin.at) : origin.json?.fence,
        )
        return allowed.includes(json?.fence) ? [] : [`${invocation} gave ${message} the fence ${json?.fence}`]
      }),
  )
}

function fenceOf(json: Body | undefined, sentAt: number): string | undefined {
  if (!json) return undefined
  const end = Date.parse(json.data.exposed_at ?? json.time)
  const inherited = json.fence === undefined ? end : Date.parse(json.fence)
  return new Date(Math.min(end, sentAt, inherited)).toISOString()
}
