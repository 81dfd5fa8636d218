import type { PasswordBook } from './create-password-book.ts'

export type PasswordStatus = { state: 'none' | 'usable' | 'reset_required'; setAt?: number }

/** The password of an e-mail (any case) as an outside check sees it. `setAt` in ms. */
export function passwordStatus(passwords: PasswordBook, email: string): PasswordStatus {
  const password = passwords.find(email)
  return password ? { state: password.state, setAt: password.setAt } : { state: 'none' }
}
