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

/** Finds limits beside an event, in its envelope and in the metadata of a custom bus. `place`: where they belong in the event. */
export function findLimitsAround(envelope: unknown): MisplacedLimit[] {
  return [...lookInto(envelope, ''), ...lookInto(fieldOf(envelope, 'Metadata'), 'Metadata.')]
}

/** Fields that limit what an event does, in any spelling, and where they belong in an event. */
const PLACES = new Map([
  ['mode', 'data.mode'],
  ['dryrun', 'data.mode'],
  ['exposedat', 'data.exposed_at'],
  ['expirytime', 'expirytime'],
  ['expirationtime', 'expirytime'],
  ['expiry', 'expirytime'],
  ['expires', 'expirytime'],
  ['expiresat', 'expirytime'],
])
const MAX_KEY_LENGTH = 32

/**
 * The limits among the keys of an object, in any spelling; null and undefined limit nothing. `parent`: the path of the object, with a dot
 * at its end. A sign that is not part of a plain name is shown as `?`.
 */
function lookInto(value: unknown, parent: string): MisplacedLimit[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, limit]) => {
    if (key.length > MAX_KEY_LENGTH || limit == null) return []
    const place = PLACES.get(key.toLowerCase().replace(/[^\p{L}\p{N}]/gu, ''))
    return place === undefined ? [] : [{ field: `${parent}${key.replace(/[^a-z_-]/gi, '?')}`, place }]
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
