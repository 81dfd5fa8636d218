import { UNPROVEN } from '../../lib/contract/codes.ts'
import type { DeadLetter } from './dead-letter.ts'

/** Which letters are meant: those that are all of this. Ages in ms. */
export type Choice = {
  codes: ReadonlySet<string>
  event: string | undefined
  source: string | undefined
  olderThan: number | undefined
  newerThan: number | undefined
}

export function isChosen(
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
export function isRedriven({ code, advice }: DeadLetter, { codes }: Choice): boolean {
  if (advice.kind === 'never') return false
  return codes.has(code) || (codes.size === 0 && advice.kind === 'again')
}

/** Whether a letter is over a limit of events, and says so itself or was named all the same. */
export function isSplit({ isOverLimit, isBelieved, code }: DeadLetter, { codes }: Choice): boolean {
  return isOverLimit && (isBelieved || (code === UNPROVEN && codes.has(UNPROVEN)))
}
