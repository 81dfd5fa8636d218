import type { CallEffect } from './simulator-call.ts'

/** They are numbered in the order in which they were set: ids in text would take most of the memory of a million. */
export type StoredPassword = { number: number; state: 'usable' | 'reset_required'; setAt: number }

export type PasswordBook = {
  /** The member chose a new password; it replaces whatever there was. `at` in ms. */
  set(email: string, at: number): void
  find(email: string): StoredPassword | undefined
  /** Carries out what a call decided. Returns when a deleted password had been set, in ms. */
  change(email: string, effect: CallEffect): number | undefined
}

/** Keeps the one password that an e-mail has for all its organizations (cross-org passwords). E-mails in any case. */
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
