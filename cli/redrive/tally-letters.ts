import type { Advice } from './advise.ts'
import type { Letter } from './to-letter.ts'

/** The dead letters of one reason: how many there were, how many member rows they hold, how many were taken. */
export type Reason = { code: string; advice: Advice; letters: number; rows: number; taken: number }

/** Returns a count of letters by reason, and what adds a page to it. */
export function tallyLetters() {
  const reasons = new Map<string, Reason>()
  return {
    add(page: readonly Letter[], taken: ReadonlySet<Letter>): void {
      for (const letter of page) {
        const { code, advice } = letter
        const reason = reasons.get(code) ?? { code, advice, letters: 0, rows: 0, taken: 0 }
        reason.letters++
        reason.rows += letter.rows
        if (taken.has(letter)) reason.taken++
        reasons.set(code, reason)
      }
    },
    reasons: (): Reason[] => [...reasons.values()].toSorted((a, b) => b.letters - a.letters),
  }
}
