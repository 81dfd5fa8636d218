import { checkBreachEvent } from '../../../lib/contract/check-breach-event.ts'
import { ResetEventSchema } from '../../../lib/contract/reset-event.ts'
import { unwrapEnvelopes } from '../../../lib/contract/unwrap-envelopes.ts'
import type { Message, Story } from './story.ts'
import { VERBATIM } from './verbatim.ts'

const INTERNAL = ['attempts', 'firsttriedat']

/**
 * Every dead letter says why; what was a breach event can be sent to the breach queue as it is, names who is meant, and carries
 * nothing that only the reset queue may say. What goes to the reset queue is read there.
 */
export function lettersAreUseful({ messages, run }: Story): string[] {
  return [...messages.values()].flatMap((message) => {
    if (message.queue === 'reset') return isReadable(message) ? [] : [`${message.message} can't be read`]
    if (message.queue === 'breach') return []
    const { attributes, body, json } = message
    const code = attributes['failure-code']
    if (!code || !attributes['failed-at']) return [`${message.message} does not say why`]
    if (VERBATIM.includes(code)) return []
    const event = unwrapEnvelopes(body)
    const isEvent =
      event.kind === 'parsed' &&
      checkBreachEvent(event.value, run.world.timeline.now()).kind === 'event' &&
      message.rows.size + message.bad > 0
    if (!isEvent) return [`${message.message} (${code}) can't be redriven`]
    const said = [...INTERNAL.filter((key) => key in (json ?? {})), ...internalOf(message)]
    return said.map((key) => `${message.message} carries ${key}`)
  })
}

function internalOf({ rows }: Message): string[] {
  const all = [...rows.values()].flat()
  return ['owed', 'uncertain', 'idstried'].filter((key) => all.some((row) => key in row))
}

function isReadable({ body }: Message): boolean {
  return ResetEventSchema.safeParse(JSON.parse(body)).success
}
