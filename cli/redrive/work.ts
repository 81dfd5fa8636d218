import type { SendMessages } from '../../lib/queue/send-messages.ts'
import { isChosen, isRedriven, isSplit } from './choice.ts'
import type { Options } from './options.ts'
import type { StageFacts } from './queues.ts'
import type { Work } from './redrive-dead-letters.ts'

/** What the options ask for. A split only looks; what it then does follows from its plans. */
export function toWork(
  { action, choice, limit, isRehearsed }: Pick<Options, 'action' | 'choice' | 'limit' | 'isRehearsed'>,
  { to, functions }: Pick<StageFacts, 'to' | 'functions'>,
  { sendMessages }: { sendMessages: SendMessages },
): Work {
  return {
    ...{ reading: { functions, isRehearsed }, limit, atOnce: 10 },
    does: action === 'redrive' ? 'send' : action === 'delete' ? 'delete' : 'look',
    isChosen: (letter, now) =>
      isChosen(letter, choice, now) && (action !== 'split' || isSplit(letter, choice)),
    isTaken: (letter) => action !== 'redrive' || isRedriven(letter, choice),
    async send(letters) {
      const messages = letters.map((letter) => ({ body: letter.body, letter }))
      const { refused } = await sendMessages(to, messages)
      return messages.filter((message) => !refused.includes(message)).map(({ letter }) => letter)
    },
  }
}
