import { readFile } from 'node:fs/promises'
import { checkBreachEvent } from '../../lib/contract/check-breach-event.ts'
import { checkMembers } from '../../lib/contract/check-members.ts'
import { unwrapEnvelopes } from '../../lib/contract/unwrap-envelopes.ts'
import { MAX_MESSAGE_BYTES } from '../../lib/queue/message-size.ts'
import { populateMembers } from './populate-members.ts'
import type { Scenario } from './scenario.ts'

/** Reads an event of the user's own, in an envelope or not; everybody in it becomes a member with a password. Returns a sentence when the file can't be used. */
export async function loadEvent(file: string, now: number): Promise<Scenario | { wrong: string }> {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined) return { wrong: `${file}: can't be read` }
  if (Buffer.byteLength(text) > MAX_MESSAGE_BYTES)
    return { wrong: `${file}: is over 1 MiB, the most that SQS takes` }
  const unwrapped = unwrapEnvelopes(text)
  const checked = unwrapped.kind === 'parsed' ? checkBreachEvent(unwrapped.value, now) : unwrapped
  if (checked.kind === 'rejected') {
    return { wrong: `${file}: ${checked.rejection.code}: ${checked.rejection.detail}` }
  }
  const { members } = checkMembers(checked.event.data.members)
  const rows = members.map(({ member }) => member)
  return {
    rows: checked.event.data.members.length,
    enforced: checked.event.data.mode !== 'dry_run',
    events: [checked.event],
    bodies: [text],
    populate: (stytch) => populateMembers(stytch, rows, now - 1),
  }
}
