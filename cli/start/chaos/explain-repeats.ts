import type { SimulatorCall } from '../../../infra/local/stytch/simulator-call.ts'
import type { Invocation } from './create-invocation-log.ts'

export type Explanation = 'unanswered' | 'unrecorded' | 'same moment' | 'unexplained'

/** Somebody who was really reset again: when Stytch received the later call (ms since the epoch), and why that may happen. */
export type Repeat = { email: string; at: number; because: Explanation }

/** A call that a process sends as it dies is received a little later. */
const IN_FLIGHT_MS = 1000

/**
 * Explains every reset of somebody whom an earlier call had reset, person by person:
 * `unanswered`, Stytch's own record says that the earlier call got no whole good answer; `unrecorded`, it was made by an
 * invocation that died or gave its message back, for at most `unrecorded` people of each; `same moment`, another
 * invocation handled the same person then.
 */
export function explainRepeats(
  calls: readonly SimulatorCall[],
  invocations: readonly Invocation[],
  unrecorded: number,
): Repeat[] {
  const blamed = new Map<Invocation, number>()
  const resets = Map.groupBy(
    calls.filter(({ effect }) => effect !== 'none'),
    ({ email }) => email,
  )
  return [...resets].flatMap(([email, [first, ...others]]) => {
    let earlier = first
    return others.map((call): Repeat => {
      const because = earlier ? explain(earlier, call) : 'unexplained'
      earlier = call
      return { email, at: call.at, because }
    })
  })

  function explain(earlier: SimulatorCall, later: SimulatorCall): Explanation {
    if (!wasAnswered(earlier)) return 'unanswered'
    const mayHaveMade = ({ people, from, to }: Invocation, { email, at }: SimulatorCall) =>
      people.has(email) && from <= at && at <= to + IN_FLIGHT_MS
    const makers = invocations.filter((invocation) => mayHaveMade(invocation, earlier))
    const lost = makers.find((maker) => maker.end !== 'settled' && (blamed.get(maker) ?? 0) < unrecorded)
    if (lost) {
      blamed.set(lost, (blamed.get(lost) ?? 0) + 1)
      return 'unrecorded'
    }
    const handled = invocations.filter((invocation) => mayHaveMade(invocation, later))
    const overlap = handled.some((other) =>
      makers.some((maker) => maker !== other && maker.from <= other.to && other.from <= maker.to),
    )
    return overlap ? 'same moment' : 'unexplained'
  }
}

function wasAnswered({ status, fault = '' }: SimulatorCall): boolean {
  const broken = fault.split('+').filter((kind) => kind !== '' && kind !== 'latency')
  return status === 200 && broken.length === 0
}
