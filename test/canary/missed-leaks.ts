import { ALLOWED_PLACES } from './allowed-places.ts'
import type { Sinks } from './create-sinks.ts'
import { ENCODERS } from './encode-leak.ts'
import { findLeaks } from './find-leaks.ts'
import type { Planted } from './planted.ts'

/**
 * Puts a deliberate leak behind what a run has left in each sink, in each encoding, one at a time, and names those that the
 * scanner does not find under the name of their encoding. A value that the encoding leaves as it is counts as found plain.
 */
export function missedLeaks(sinks: Pick<Sinks, 'names' | 'texts'>, planted: readonly Planted[]): string[] {
  return sinks.names.flatMap((sink) => {
    const value = planted.find(({ kind }) => !ALLOWED_PLACES[sink]?.kinds.includes(kind))
    if (!value) return [`${sink}: nothing is looked for`]
    return ENCODERS.flatMap(([encoding, encode], index) => {
      const leak = `{"leak":${encode(value.value)}}`
      const texts = () => [...sinks.texts(sink), leak]
      const found = findLeaks({ names: [sink], texts }, [value])
      const isFound = found.some((one) => one.name === value.name && one.encodings.includes(encoding))
      return isFound ? [] : [`${sink}: ${encoding} (encoder ${index})`]
    })
  })
}
