import type { LocalSystem } from '../../../infra/local/local-system.ts'
import { createDeliverOnce } from '../create-deliver-once.ts'
import type { LogWatch } from '../create-log-watch.ts'
import { countQueued, deliver } from '../deliver.ts'
import type { Delivery } from '../run-deliveries.ts'
import type { Scenario } from '../scenario.ts'
import type { ChaosReport } from './chaos-report.ts'
import { countHits } from './count-hits.ts'
import type { AwsChaos } from './create-aws-chaos.ts'
import type { Invocation } from './create-invocation-log.ts'
import type { Killer } from './create-killer.ts'
import { createPasswordChoices } from './create-password-choices.ts'
import { createPerform } from './create-perform.ts'
import { createRandom } from './create-random.ts'
import { drain } from './drain.ts'
import { explainRepeats } from './explain-repeats.ts'
import { EVERY_FAULT_FROM_SECONDS, neverHit } from './judge-chaos.ts'
import { peopleNotDeadLettered } from './people-not-dead-lettered.ts'
import { planChaos } from './plan-chaos.ts'
import { playSteps } from './play-steps.ts'
import { waitForHits } from './wait-for-hits.ts'

export type ChaosRun = {
  seed: number
  seconds: number
  /** How many people a process that dies may repeat. */
  unrecorded: number
  killer: Killer
  aws: AwsChaos
  invocations: () => readonly Invocation[]
  onDelivery: (title: string, rows: number) => Delivery
  onCut: (messages: number) => void
}

/**
 * Delivers the first event in calm, so that the processes are up, then all events while everything misbehaves
 * (up to a minute longer where a kind of fault has not hit yet), lets the system drain by itself, lets everybody who was
 * reset choose a new password, and delivers the same events again in calm.
 */
export async function runChaos(
  system: LocalSystem,
  scenario: Scenario,
  logs: LogWatch,
  { seed, seconds, unrecorded, killer, aws, invocations, onDelivery, onCut }: ChaosRun,
): Promise<ChaosReport> {
  const { stytch } = system
  const bodies = [...scenario.bodies]
  const passwords = createPasswordChoices(stytch, createRandom(seed))
  const { perform, calm, rotations } = createPerform(system, bodies, { killer, aws, passwords })
  const deliverOnce = createDeliverOnce(system, scenario, logs, onDelivery)
  const hits = () =>
    countHits({
      stytch: stytch.faultHits(),
      aws: aws.hits(),
      rotations: rotations(),
      killed: killer.killed(),
    })
  let cutShort = 0
  const ends = await deliverOnce('chaos', async (look) => {
    const lookAndKill = () => {
      killer.look()
      look()
    }
    await deliver(system, bodies.slice(0, 1), look)
    const steps = planChaos({ seed, seconds, events: bodies.length })
    await playSteps(steps, seconds, { perform, look: lookAndKill })
    const isWaiting = () => seconds >= EVERY_FAULT_FROM_SECONDS && neverHit({ hits: hits() }).length > 0
    await waitForHits(isWaiting, { look: lookAndKill, queued: () => countQueued(system) })
    await calm()
    cutShort = await drain(system, { look, onCut })
  })
  const first = [...ends]
  const stolenAlive = peopleNotDeadLettered(first).filter(
    (email) => stytch.password(email).state === 'usable' && !passwords.chosen().has(email),
  )
  passwords.choose(1)
  const again = [...(await deliverOnce('again', (look) => deliver(system, bodies, look)))]

  const covered = new Set(peopleNotDeadLettered(again, ['covered']))
  const safe = peopleNotDeadLettered(first, ['reset', 'no_password', 'covered'])
  const chose = safe.filter((email) => passwords.chosen().has(email))
  return {
    ...{ seed, seconds, first, again, cutShort, stolenAlive },
    hits: hits(),
    unsettled: invocations().filter(({ end }) => end !== 'settled').length,
    repeats: explainRepeats(stytch.calls(), invocations(), unrecorded),
    inQueue: countQueued(system),
    notCovered: safe.filter((email) => !covered.has(email)),
    newPasswords: {
      chosen: chose.length,
      alive: chose.filter((email) => stytch.password(email).setAt === passwords.chosen().get(email)).length,
    },
  }
}
