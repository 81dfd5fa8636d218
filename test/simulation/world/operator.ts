import type { Message } from '@aws-sdk/client-sqs'
import { toWork } from '../../../cli/redrive/choice.ts'
import { readDeadLetter } from '../../../cli/redrive/dead-letter.ts'
import { splitLetter } from '../../../cli/redrive/split.ts'
import { canaryEvent } from '../../../lib/contract/canary.ts'
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
      redrive(world, seams, { from: 'rehearsed' }),
    )
  if (redriveAt === undefined) return
  timeline.at(startedAt + redriveAt, () => redrive(world, seams, { from: 'dead-letter' }))
  if (redriveAgainAfter !== undefined)
    timeline.at(startedAt + redriveAt + redriveAgainAfter, () =>
      redrive(world, seams, { from: 'dead-letter', isNamed: true }),
    )
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

/**
 * Redrives what the command redrives by default, or all that the operator names, who then also approves what is over the limit of events.
 * They have looked at the letters, and name none of a stranger and no event that they do not want.
 */
function redrive(
  world: World,
  { believed = FUNCTIONS }: Seams,
  { from, isNamed = false }: { from: 'dead-letter' | 'rehearsed'; isNamed?: boolean },
): void {
  const queue = world.queues[from]
  const now = world.timeline.now()
  const isRehearsed = from === 'rehearsed'
  const letters = queue
    .all()
    .filter(({ by }) => !isNamed || by !== 'a stranger')
    .map((stored) => ({
      stored,
      letter: readDeadLetter(toMessage(stored), { functions: believed, isRehearsed }),
    }))
  const codes = new Set(isNamed ? letters.map(({ letter }) => letter.code) : [])
  codes.delete('sender_not_allowed')
  const choice = { ...ALL, codes, newerThan: isRehearsed ? DAY : undefined }
  const workOf = (action: 'redrive' | 'split') =>
    toWork({ action, choice, isRehearsed, limit: letters.length })
  const [redriven, split] = [workOf('redrive'), workOf('split')]
  for (const { stored, letter } of letters) {
    const isSplit = isNamed && split.isChosen(letter, now)
    const isTaken = isSplit || (redriven.isChosen(letter, now) && redriven.isTaken(letter))
    const bodies = isSplit ? splitLetter(letter, {}).events : isTaken ? redriven.toBodies(letter) : []
    if (bodies.length > 0) queue.remove(stored)
    for (const body of bodies)
      sendToBreachQueue(world, { body, by: `redrive of ${stored.id}`, sender: 'operator' })
  }
}

const ALL = { event: undefined, source: undefined, olderThan: undefined }

/** As SQS delivers it. */
function toMessage({ id, body, attributes, senderId, sentAt }: Stored): Message {
  return {
    ...{ MessageId: id, Body: body, Attributes: { SenderId: senderId, SentTimestamp: String(sentAt) } },
    MessageAttributes: Object.fromEntries(
      Object.entries(attributes).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
    ),
  }
}
