import { numberedUuid } from './numbered-uuid.ts'

/** Keeps the one password that an e-mail has for all its organizations (cross-org passwords). Upper and lower case are the same. */
export function createPasswordBook(): PasswordBook {
  const passwords = new Map<string, StoredPassword>()
  let everSet = 0

  function change(email: string, effect: CallEffect): number | undefined {
    const key = email.toLowerCase()
    const password = passwords.get(key)
    if (!password || effect === 'none') return undefined
    if (effect === 'reset_required') {
      passwords.set(key, { ...password, state: 'reset_required' })
      return undefined
    }
    passwords.delete(key)
    return password.setAt
  }

  return {
    set: (email, at) =>
      void passwords.set(email.toLowerCase(), {
        number: everSet++,
        state: 'usable',
        setAt: at,
      }),
    find: (email) => passwords.get(email.toLowerCase()),
    change,
  }
}

/** What a call does to the password. One that is already marked is marked again. */
export type CallEffect = 'deleted' | 'reset_required' | 'none'

/** Numbered in the order in which they were set: with a million members, ids as text would take most of the memory. */
type StoredPassword = { number: number; state: 'usable' | 'reset_required'; setAt: number }

export type PasswordBook = {
  /** The member chose a new password, which replaces any other. `at` in ms. */
  set(email: string, at: number): void
  find(email: string): StoredPassword | undefined
  /** Carries out the effect of a call. Returns when the deleted password had been set, in ms. */
  change(email: string, effect: CallEffect): number | undefined
}

export type PasswordStatus = { state: 'none' | 'usable' | 'reset_required'; setAt?: number }

/** The password of an e-mail (in any case) as an outside check sees it. `setAt` in ms. */
export function passwordStatus(passwords: PasswordBook, email: string): PasswordStatus {
  const password = passwords.find(email)
  return password ? { state: password.state, setAt: password.setAt } : { state: 'none' }
}

/** The id that Stytch gives a password. A new password has a new one. */
export function passwordId(password: StoredPassword): string {
  return `member-password-test-${numberedUuid(password.number)}`
}
