import type { Problem } from './problem.ts'

/** Fields without which an event resets more people than it was meant to, and where they belong. */
const PLACES: Record<string, string> = {
  mode: 'data.mode',
  dryrun: 'data.mode',
  exposedat: 'data.exposed_at',
  expirytime: 'expirytime',
}

/**
 * Finds such fields in another place or spelling, where they would be dropped as unknown keys: `exposedAt`, or a `mode` beside
 * `data`. They may be anywhere but in a free-form object of the producer's own.
 */
export function findMisplacedKeys(event: object, members: readonly unknown[]): Problem[] {
  const data = 'data' in event ? event.data : undefined
  return [
    ...lookInto(event, ''),
    ...lookInto(data, 'data.'),
    ...members.flatMap((member, index) => lookInto(member, `data.members.${index}.`)),
  ]
}

function lookInto(value: unknown, parent: string): Problem[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.keys(value).flatMap((key) => {
    const place = PLACES[key.toLowerCase().replace(/[^a-z]/g, '')]
    if (place === undefined || place === `${parent}${key}`) return []
    return [
      { code: 'misplaced_key', field: `${parent}${key}`, rule: `must be ${place}, or it has no effect` },
    ]
  })
}
