import type { Problem } from './problem.ts'

/** Fields without which an event resets more people than it was meant to, and where they belong. */
const PLACES = new Map([
  ['mode', 'data.mode'],
  ['dryrun', 'data.mode'],
  ['exposedat', 'data.exposed_at'],
  ['expirytime', 'expirytime'],
])
/** Any other may be personal data. */
const NAME = /^[a-z_-]{4,20}$/i

/** Finds such fields in another place or spelling, where they would be dropped as unknown keys: `exposedAt`, or a `mode` beside `data`. */
export function findMisplacedKeys(event: object, members: readonly unknown[]): Problem[] {
  const data = 'data' in event ? event.data : undefined
  return [
    ...lookInto(event, ''),
    ...lookInto(data, 'data.'),
    ...lookInto((data as { breach?: unknown } | undefined)?.breach, 'data.breach.'),
    ...members.flatMap((member, index) => lookInto(member, `data.members.${index}.`)),
  ]
}

function lookInto(value: unknown, parent: string): Problem[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.keys(value).flatMap((key) => {
    const place = NAME.test(key) ? PLACES.get(key.toLowerCase().replace(/[_-]/g, '')) : undefined
    if (place === undefined || place === `${parent}${key}`) return []
    return [
      { code: 'misplaced_key', field: `${parent}${key}`, rule: `must be ${place}, or it has no effect` },
    ]
  })
}
