import type { StytchSimulator } from '../../../infra/local/stytch/start-stytch-simulator.ts'

export type PasswordChoices = {
  /** Each of those who were reset and have no usable password chooses a new one with this chance, 0 to 1. */
  choose(share: number): void
  /** When everybody who chose last did so, in ms since the epoch, by e-mail. */
  chosen(): ReadonlyMap<string, number>
}

/** Lets members who were reset choose new passwords. `random` gives 0 to 1, 1 excluded. */
export function createPasswordChoices(
  stytch: Pick<StytchSimulator, 'calls' | 'password' | 'setPassword'>,
  random: () => number,
): PasswordChoices {
  const chosen = new Map<string, number>()
  return {
    choose(share) {
      const reset = new Set(stytch.calls().flatMap(({ email, effect }) => (effect === 'none' ? [] : [email])))
      for (const email of reset) {
        if (stytch.password(email).state === 'usable' || random() >= share) continue
        const at = Date.now()
        stytch.setPassword(email, at)
        chosen.set(email, at)
      }
    },
    chosen: () => chosen,
  }
}
