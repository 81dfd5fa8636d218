import type { Member } from '../../../lib/contract/member.ts'
import type { Answer } from '../../../lib/stytch/answer.ts'
import type { RequireReset } from '../../../lib/stytch/require-reset.ts'
import type { Environment } from './create-environment.ts'
import { mishap } from './mishap.ts'
import type { World } from './world.ts'

const FASTEST_MS = 3
const SLOWEST_MS = 100
const LONGEST_RETRY_AFTER_S = 60
const SOON_MS = 600_000
const LATER_MS = 3 * 24 * 3_600_000
const TIMED_OUT: Answer = { kind: 'unanswered', code: 'timeout' }

/** Stytch as one execution environment sees it: through a network, with a timeout, on a bad day. */
export function createStytchClient(world: World, environment: Environment): RequireReset {
  const { timeline, dice, stytch, people, note, takeFault, scenario, deployment } = world
  const timeoutMs = deployment.stage.stytchTimeoutSeconds * 1000

  return (member, credentials) => {
    if (!environment.isAlive()) return new Promise(() => {})
    const fault = takeFault('call')
    if (fault === 'crash before') environment.crash('call')
    if (!environment.isAlive()) return new Promise(() => {})
    const call = world.numberCall()
    note({
      what: 'called',
      invocation: environment.invocation?.id ?? environment.name,
      environment: environment.name,
      call,
      person: people.named(member.email_address) ?? 'nobody known',
    })
    return new Promise((resolve) => {
      let isOver = false
      const arrivesAfter = dice.between(
        'way to Stytch',
        FASTEST_MS,
        fault === 'slow' ? 2 * timeoutMs : SLOWEST_MS,
      )
      timeline.after(arrivesAfter, arrive)
      timeline.after(timeoutMs, () => answer(TIMED_OUT))

      function arrive(): void {
        if (fault === 'delivered again') environment.invocation?.show()
        const since = timeline.now() - world.startedAt
        const outage = scenario.outages.find(({ from, lasts }) => from <= since && since < from + lasts)
        const retryAfter =
          dice.roll('Retry-After') < 0.5 ? undefined : dice.between('Retry-After', 0, LONGEST_RETRY_AFTER_S)
        const {
          answer: bad,
          never,
          hangs = false,
          withEffect = true,
        } = mishap(fault, outage, retryAfter) ?? {}
        const isLost = never !== undefined || hangs
        const served = isLost && !withEffect ? undefined : stytch.call(member, credentials, bad, withEffect)
        note({ what: 'reached Stytch', call, effect: served?.effect ?? false })
        if (served?.effect) chooseLater(member)
        if (fault === 'crash after') environment.crash('call')
        if (!hangs)
          timeline.after(dice.between('way from Stytch', FASTEST_MS, SLOWEST_MS), () =>
            answer(never ?? served?.answer),
          )
      }

      /** Whoever was reset chooses a new password sooner or later, or never. */
      function chooseLater({ email_address }: Member): void {
        const person = Number(people.named(email_address)?.slice(1))
        if (dice.roll('chooses') < 0.2) return
        timeline.after(dice.between('chooses', 0, dice.roll('chooses') < 0.5 ? SOON_MS : LATER_MS), () => {
          stytch.choosePassword(person)
          note({ what: 'chose a password', person: `p${person}` })
        })
      }

      function answer(given: Answer | undefined): void {
        if (isOver || !given || !environment.isAlive()) return
        isOver = true
        note({ what: 'answered', call, ...describe(given) })
        resolve(given)
      }
    })
  }
}

function describe(answer: Answer): { as: string; retryAfterMs: number | undefined } {
  if (answer.kind !== 'answered') return { as: answer.code, retryAfterMs: undefined }
  const { error_type = '', request_id } = parse(answer.body)
  const as = answer.status === 200 ? (request_id ? 'reset' : 'unusable') : `${answer.status} ${error_type}`
  return { as, retryAfterMs: answer.retryAfter === undefined ? undefined : Number(answer.retryAfter) * 1000 }
}

function parse(body = ''): { error_type?: string; request_id?: string } {
  try {
    return JSON.parse(body)
  } catch {
    return {}
  }
}
