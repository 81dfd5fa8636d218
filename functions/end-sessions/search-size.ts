const MAX_EMAILS = 100
const ANSWERS_TO_GROW = 5

/** How many e-mails a search may be about. */
export type SearchSize = {
  most(): number
  /** A search about more than this could not be made. */
  lower(emails: number): void
  /** A search was answered: after five of them twice as many are tried. */
  answered(): void
}

/** Makes what an execution environment remembers about the size of searches, which Stytch does not document. */
export function createSearchSize(): SearchSize {
  let emails = MAX_EMAILS
  let answers = 0
  return {
    most: () => emails,
    lower: (half: number) => {
      emails = Math.min(emails, half)
      answers = 0
    },
    answered: () => {
      answers++
      if (answers % ANSWERS_TO_GROW === 0) emails = Math.min(MAX_EMAILS, 2 * emails)
    },
  }
}
