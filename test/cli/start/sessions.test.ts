import { expect, it } from 'vitest'
import { countEndedSessions, countStolenSessions, signIn } from '../../../cli/start/sessions.ts'
import type { SimulatorCall } from '../../../infra/local/stytch/calls.ts'
import type { SimulatedSession } from '../../../infra/local/stytch/session-book.ts'

const NOW = 1000
const session = (email: string, startedAt: number, rest: Partial<SimulatedSession> = {}) =>
  ({ sessionId: `${email} ${startedAt}`, email, startedAt, expiresAt: 9999, ...rest }) as SimulatedSession

it('counts sessions that ended, and the people they belonged to', () => {
  const revoked = { revokedAt: 600 }
  const sessions = [session('Ada', 1, revoked), session('ada', 2, revoked), session('kay', 3, revoked)]
  expect(countEndedSessions({ sessions: () => [...sessions, session('lin', 4)] })).toEqual({
    ...{ ended: 3, people: 2 },
  })
})

it('counts sessions alive that began before the last reset of somebody whose sessions had to end', () => {
  const calls = [
    { email: 'ada', at: 100 },
    { email: 'ada', at: 500 },
  ] as SimulatorCall[]
  const count = (...sessions: SimulatedSession[]) =>
    countStolenSessions({ calls: () => calls, sessions: () => sessions }, new Set(['ada', 'lin']), NOW)
  expect(count(session('ADA', 500), session('lin', 900))).toBe(2)
  expect(count(session('ada', 501))).toBe(0)
  expect(count(session('ada', 1, { expiresAt: NOW }))).toBe(0)
  expect(count(session('ada', 1, { revokedAt: 600 }))).toBe(0)
  expect(count(session('kay', 1))).toBe(0)
})

it('signs people in, and counts the new sessions that nobody has ended', () => {
  const sessions = [session('ada', 1, { revokedAt: 5 })]
  const signedIn = signIn(
    {
      sessions: () => sessions,
      addSession({ email = '' }) {
        const begun = [session(email, 10), session(email, 11)]
        sessions.push(...begun)
        return begun
      },
    },
    ['ada', 'lin'],
  )
  expect([signedIn.begun, signedIn.countAlive()]).toEqual([4, 4])
  Object.assign(sessions[1] ?? {}, { revokedAt: 20 })
  expect(signedIn.countAlive()).toBe(3)
})
