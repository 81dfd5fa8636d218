import type { Accepted, End, EventKey, Fact } from '../../../lib/progress/fact.ts'

export const EVENT: EventKey = { source: 'urn:example:feed', id: 'harvest-1' }
/** When the events of these tests are accepted. */
export const AT = Date.parse('2026-11-29T02:10:00Z')

const fact = {
  event: EVENT as EventKey | undefined,
  run: 'run',
  ends: [],
  passedOn: [],
} satisfies Partial<Fact>

type About = { of?: string; sender?: string }

/** What fan-out writes of an event of so many rows, unless `over` says otherwise. */
export function accepted(rows: string, over: Partial<Fact> & About = {}): Fact {
  const { of, sender, ...rest } = over
  const about: Accepted = {
    ...{ rows, reason: 'infostealer', severity: 'high', mode: 'enforce', of, sender },
    ...{ time: '2026-11-29T02:00:00Z', sentAt: '2026-11-29T02:09:59.000Z', correlationId: 'INC-1' },
  }
  return { ...fact, by: 'fan-out', at: AT, accepted: about, ...rest }
}

/** What fan-out writes of a message that it refuses as a whole. */
export function refused(code: string, rows: string, over: Partial<Fact> & About = {}): Fact {
  const { of, sender, ...rest } = over
  return { ...fact, by: 'fan-out', at: AT, refused: { code, rows, of, sender }, ...rest }
}

/** What a step writes a minute later. */
export function settled(by: Fact['by'], ends: readonly End[], over: Partial<Fact> = {}): Fact {
  return { ...fact, by, at: AT + 60_000, ends, ...over }
}

export const reset = (index: number, at = AT + 30_000): End => ({ index, kind: 'reset', code: 'reset', at })
export const ended = (index: number, at = AT + 45_000): End => ({ index, kind: 'ended', code: 'ended', at })
export const skipped = (index: number, code: string): End => ({ index, kind: 'skipped', code })
export const deadLettered = (index: number, code: string): End => ({ index, kind: 'dead_lettered', code })
