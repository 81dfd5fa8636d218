import type { SendMessages } from '../../../lib/queue/send-messages.ts'

/** Changes every body that goes to one queue; whatever JSON comes back is sent. */
export function rewriteBodies(
  send: SendMessages,
  queue: string,
  // biome-ignore lint/suspicious/noExplicitAny: a bug does what it likes to a message
  rewrite: (body: any) => unknown,
): SendMessages {
  return (to, messages) =>
    send(
      to,
      to === queue
        ? messages.map((message) => ({ ...message, body: JSON.stringify(rewrite(JSON.parse(message.body))) }))
        : messages,
    )
}
