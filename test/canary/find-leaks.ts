import { ALLOWED_PLACES } from './allowed-places.ts'
import type { SinkName, Sinks } from './create-sinks.ts'
import { needlesOf } from './needles-of.ts'
import type { Planted } from './planted.ts'
import { readingsOf } from './readings-of.ts'

/** A planted value where it may not be, by the encodings that show it. `around`: the text that it was first found in. */
export type Leak = { sink: SinkName; name: string; encodings: readonly string[]; around: string }

/** Looks for everything planted in every sink that may not hold it, plain and in every encoding. */
export function findLeaks(sinks: Pick<Sinks, 'names' | 'texts'>, planted: readonly Planted[]): Leak[] {
  const wanted = planted.flatMap((one) => [one, ...localPartOf(one)])
  return sinks.names.flatMap((sink) => {
    const text = sinks.texts(sink).join('\n')
    const values = wanted.filter(({ kind }) => !ALLOWED_PLACES[sink]?.kinds.includes(kind))
    return findIn(text, values).map((found) => ({ sink, ...found }))
  })
}

function findIn(text: string, values: readonly Planted[]): Omit<Leak, 'sink'>[] {
  const lower = text.toLowerCase()
  const standard = text.replaceAll('-', '+').replaceAll('_', '/').replaceAll('\\/', '/')
  const readings = [...readingsOf(text)].map(
    ([encoding, reading]) => [encoding, reading.toLowerCase()] as const,
  )
  return values.flatMap(({ name, value }) => {
    const escaped = readings.map(([encoding, reading]) => hit(encoding, reading, value.toLowerCase()))
    const whole = needlesOf(value).map(({ encoding, text: needle, ignoreCase }) =>
      hit(encoding, ignoreCase ? lower : standard, needle),
    )
    const hits = [...escaped, ...whole].filter((one) => one !== undefined)
    const encodings = hits.map(({ encoding }) => encoding)
    return hits.slice(0, 1).map(({ around }) => ({ name, encodings, around }))
  })
}

function hit(encoding: string, text: string, needle: string) {
  const at = text.indexOf(needle)
  return at === -1 ? undefined : { encoding, around: text.slice(Math.max(0, at - 80), at + 160) }
}

function localPartOf({ kind, name, value }: Planted): Planted[] {
  const [local = ''] = value.split(/@| at /)
  return kind === 'e-mail' ? [{ kind, name: `local part of ${name}`, value: local }] : []
}
