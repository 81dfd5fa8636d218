import type { Writable } from 'node:stream'
import * as z from 'zod'
import type { AwsCall, Interception } from '../../infra/local/aws-endpoint.ts'
import type { LocalSystem } from '../../infra/local/local-system.ts'
import { checkMembers } from '../../lib/contract/check-breach-event.ts'
import { ACCEPTED } from '../../lib/contract/outcome-event.ts'
import { readBreachEvent } from '../../lib/contract/read-breach-event.ts'
import { count } from '../input/input.ts'
import { columnsOf, wrap } from '../lines.ts'
import { countQueued } from './deliveries.ts'
import type { LogWatch } from './log-watch.ts'
import { toOutcomeLine } from './outcome-line.ts'
import { populateMembers } from './scenario.ts'
import { createTotals } from './totals.ts'

const TOTALS_EVERY_MS = 2000

/**
 * Leaves a system running after its run. `intercept` is for its endpoints: from `run` on it makes everyone whom a message to the breach
 * queue names a member first, so that a newcomer is reset.
 */
export function createKeeping() {
  let kept: LocalSystem | undefined
  return {
    async intercept(call: AwsCall): Promise<Interception> {
      if (kept && call.service === 'sqs') await enrol(kept, call.body)
      return 'pass'
    },
    /** Prints the notes, then each event that is accepted, refused or finished, and how its people have ended so far, and once it is finished, this time. Never resolves: a signal ends it. */
    async run(system: LocalSystem, notes: string, logs: Pick<LogWatch, 'follow'>, stream: Writable) {
      kept = system
      stream.write(`${notes}\n`)
      const columns = columnsOf(stream)
      const totals = createTotals()
      const print = (line: string) => void stream.write(`${line}\n`)
      logs.follow((entry) => {
        if (entry.message === 'calling stopped') print(`  stopped   calling Stytch: ${entry.code}`)
        else totals.add(entry)
      })
      const open = new Map<string, string | undefined>()
      system.bus.onEvent(({ detail }) => {
        if (detail.type === ACCEPTED) open.set(detail.data.run, detail.subject)
        else open.delete(detail.data.run)
        print(toOutcomeLine(detail, columns))
      })
      setInterval(() => {
        const isOpen = (id: string) => [...open.values()].includes(id)
        for (const [id, counts] of totals.take(isOpen))
          print(wrap(isOpen(id) ? '  so far    ' : '  this time ', `${id}: ${counts}`, columns).join('\n'))
      }, TOTALS_EVERY_MS).unref()
      await new Promise<never>(() => {})
    },
  }
}

const SendSchema = z.object({
  QueueUrl: z.string(),
  MessageBody: z.string().optional(),
  Entries: z.array(z.object({ MessageBody: z.string() })).default([]),
})

/** Makes everyone in the events that a request puts on the breach queue a member, unless somebody has the address already. */
async function enrol({ stytch, queues }: LocalSystem, request: unknown): Promise<void> {
  const { QueueUrl = '', MessageBody, Entries = [] } = SendSchema.safeParse(request).data ?? {}
  if (nameOf(QueueUrl) !== nameOf(queues.breach.url)) return
  const now = Date.now()
  for (const body of [MessageBody, ...Entries.map((entry) => entry.MessageBody)]) {
    const read = body === undefined ? undefined : readBreachEvent(body, now)
    if (read?.kind !== 'event') continue
    const { members } = checkMembers(read.event.data.members)
    await populateMembers(
      stytch,
      members.map(({ member }) => member),
      now - 1,
    )
  }
}

function nameOf(queueUrl: string): string {
  return queueUrl.slice(queueUrl.lastIndexOf('/') + 1)
}

/** What is lost with a system that is about to stop, in a sentence. */
export function describeLoss({ inspector, queues }: Pick<LocalSystem, 'inspector' | 'queues'>): string {
  const waiting = countQueued({ inspector, queues })
  const { visible, inFlight } = inspector.depth(queues.deadLetter.url)
  const letters = visible + inFlight
  const waited = `${count(waiting, 'message')} ${waiting === 1 ? 'was' : 'were'} still waiting`
  const lost = letters > 0 ? `, and ${count(letters, 'dead letter')} went with it` : ''
  return `The local system is gone; ${waited}${lost}.`
}
