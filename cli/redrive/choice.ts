import { UNPROVEN } from '../../lib/contract/codes.ts'
import type { DeadLetter } from './dead-letter.ts'
import type { Choice, Options } from './options.ts'
import type { Work } from './redrive-dead-letters.ts'

/** What the options ask for. A split only looks; what it then does follows from what it has found. */
export function toWork({
  action,
  choice,
  limit,
  isRehearsed,
}: Pick<Options, 'action' | 'choice' | 'limit' | 'isRehearsed'>): Work {
  return {
    ...{ isRehearsed, limit, atOnce: 10 },
    does: action === 'redrive' ? 'send' : action === 'delete' ? 'delete' : 'look',
    isChosen: (letter, now) =>
      isChosen(letter, choice, now) && (action !== 'split' || isSplit(letter, choice)),
    isTaken: (letter) => action !== 'redrive' || isRedriven(letter, choice),
    toBodies: ({ body }) => [body],
  }
}

function isChosen(
  { code, event, sentAt }: DeadLetter,
  { codes, event: id, source, olderThan, newerThan }: Choice,
  now: number,
): boolean {
  const age = now - sentAt
  return (
    (codes.size === 0 || codes.has(code)) &&
    (id === undefined || event?.id === id) &&
    (source === undefined || event?.source === source) &&
    (olderThan === undefined || age > olderThan) &&
    (newerThan === undefined || age <= newerThan)
  )
}

/** People who may have been reset are redriven only when the code is named, those who were reset never. */
function isRedriven({ code, advice }: DeadLetter, { codes }: Choice): boolean {
  if (advice.kind === 'never') return false
  return codes.has(code) || (codes.size === 0 && advice.kind === 'again')
}

/** Whether a letter is over a limit of events, and says so itself or was named all the same. */
function isSplit({ isOverLimit, isBelieved, code }: DeadLetter, { codes }: Choice): boolean {
  return isOverLimit && (isBelieved || (code === UNPROVEN && codes.has(UNPROVEN)))
}
