/** A limit where it has no effect: the path of `field`, and the path at which it belongs. */
export type MisplacedLimit = { field: string; place: string }

/**
 * Finds limits of an event in the wrong place or spelling, where they would be dropped as unknown keys and more people would be reset
 * than intended: `exposedAt`, or a `mode` next to `data`.
 */
export function findMisplacedLimits(event: unknown): MisplacedLimit[] {
  const data = fieldOf(event, 'data')
  const members = fieldOf(data, 'members')
  const found = [
    ...lookInto(event, ''),
    ...lookInto(data, 'data.'),
    ...lookInto(fieldOf(data, 'breach'), 'data.breach.'),
    ...(Array.isArray(members) ? members : []).flatMap((row, index) =>
      lookInto(row, `data.members.${index}.`),
    ),
  ]
  return found.filter(({ field, place }) => field !== place)
}

/** Fields that limit what an event does, in any spelling, and where they belong in an event. */
const PLACES = new Map([
  ['mode', 'data.mode'],
  ['dryrun', 'data.mode'],
  ['exposedat', 'data.exposed_at'],
  ['expirytime', 'expirytime'],
])
/** Any other name may be personal data. */
const NAME = /^[a-z_-]{4,20}$/i

/** The limits among the keys of an object, in any spelling; null limits nothing. `parent`: the path of the object, with a dot at its end. */
export function lookInto(value: unknown, parent: string): MisplacedLimit[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, limit]) => {
    const place = NAME.test(key) ? PLACES.get(key.toLowerCase().replace(/[_-]/g, '')) : undefined
    return place === undefined || limit === null ? [] : [{ field: `${parent}${key}`, place }]
  })
}

/** The rule that a misplaced limit breaks. `place`: the path at which it belongs. */
export function placeRule(place: string): string {
  return `must be ${place}, or it has no effect`
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined
}
