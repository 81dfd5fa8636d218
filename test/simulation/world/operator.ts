import { canaryEvent } from '../../../lib/contract/canary.ts'
import { describeCode } from '../../../lib/contract/codes.ts'
import { DAY } from '../scenario/scenario.ts'
import type { Seams } from './boot.ts'
import { CANARY_ID, OTHER_PROJECT_ID } from './journal.ts'
import type { Stored } from './queue.ts'
import { FUNCTIONS } from './senders.ts'
import { sendToBreachQueue, toSecret, type World } from './world.ts'

const SECOND_SECRET = 'canary-secret-2'

/** Schedules what the operator and the rules of the stage do. */
export function scheduleOperator(world: World, seams: Seams): void {
  const { scenario, timeline, startedAt } = world
  const { redriveAt, redriveAgainAfter, rehearsal, canaryAt } = scenario
  scheduleRotation(world)
  if (canaryAt !== undefined)
    timeline.at(startedAt + canaryAt, () => {
      const event = canaryEvent(CANARY_ID, new Date(timeline.now()).toISOString())
      sendToBreachQueue(world, { body: JSON.stringify(event), by: 'the canary rule' })
    })
  if (rehearsal)
    timeline.at(startedAt + rehearsal.until + rehearsal.redriveAfter, () =>
      redrive(world, 'rehearsed', ({ sentAt }) => timeline.now() - sentAt <= DAY),
    )
  if (redriveAt === undefined) return
  const { isBelieved = (id: string) => FUNCTIONS.includes(id) } = seams
  timeline.at(startedAt + redriveAt, () =>
    redrive(world, 'dead-letter', (letter) => isRedrivenByDefault(letter, isBelieved)),
  )
  if (redriveAgainAfter !== undefined)
    timeline.at(startedAt + redriveAt + redriveAgainAfter, () => redrive(world, 'dead-letter', isNamed))
}

function scheduleRotation(world: World): void {
  const { scenario, timeline, stytch, secrets, startedAt } = world
  const { rotation } = scenario
  if (!rotation) return
  timeline.at(startedAt + rotation.at, () => {
    stytch.rotateSecret(SECOND_SECRET)
    if (rotation.mistaken && isBound(world)) secrets.set('stytch', toSecret(SECOND_SECRET, OTHER_PROJECT_ID))
  })
  const corrected = startedAt + rotation.at + Math.max(1, rotation.lag)
  timeline.at(corrected, () => secrets.set('stytch', toSecret(SECOND_SECRET)))
}

/** Whether the ledger knows its project: the first one that it is used with would be its project. */
function isBound({ ledger }: World): boolean {
  return ledger.all().some(({ projectProof }) => projectProof)
}

/** The body stays the same, the SentTimestamp is new. */
function redrive(
  world: World,
  from: 'dead-letter' | 'rehearsed',
  isTaken: (message: Stored) => boolean,
): void {
  const queue = world.queues[from]
  for (const message of queue.all().filter(isTaken)) {
    queue.remove(message)
    sendToBreachQueue(world, { body: message.body, by: `redrive of ${message.id}`, sender: 'operator' })
  }
}

function isRedrivenByDefault(
  { attributes, senderId }: Stored,
  isBelieved: (senderId: string) => boolean,
): boolean {
  const { redrive: advice, 'failure-code': code = '' } = attributes
  const isFutile = describeCode(code).redrive?.kind === 'futile'
  return advice === 'again' && isBelieved(senderId.split(':')[0] ?? '') && !isFutile
}

/** The operator names what has a reason, or was moved by SQS from a queue of ours, and knows whose events they do not want. */
function isNamed({ by, attributes }: Stored): boolean {
  return by !== 'a stranger' && attributes['failure-code'] !== 'sender_not_allowed'
}
