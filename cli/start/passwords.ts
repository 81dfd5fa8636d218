import type { StytchSimulator } from '../../infra/local/stytch/simulator.ts'

/** Lets members whose password was reset choose new ones, and remembers who did. */
export function createPasswordChoices(stytch: Pick<StytchSimulator, 'calls' | 'password' | 'setPassword'>) {
  const chosen = new Map<string, number>()

  return {
    /** Everyone who was reset, and for whom `may` returns true, chooses a new password now. */
    choose(may: (email: string) => boolean): void {
      for (const { email, effect } of stytch.calls()) {
        if (effect === 'none' || !may(email)) continue
        const at = Date.now()
        chosen.set(email, at)
        stytch.setPassword(email, at)
      }
    },
    /** When each of them last chose, in ms since the epoch, by e-mail. */
    chosen: (): ReadonlyMap<string, number> => chosen,
    /** How many of these people can still sign in with the password they chose last. Everyone who chose, unless given. */
    countAlive(emails: Iterable<string> = chosen.keys()): number {
      let alive = 0
      for (const email of emails) {
        const { state, setAt } = stytch.password(email)
        if (state === 'usable' && setAt === chosen.get(email)) alive++
      }
      return alive
    },
  }
}
