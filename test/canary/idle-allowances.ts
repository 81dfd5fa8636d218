import { ALLOWED_PLACES } from './allowed-places.ts'
import type { Sinks } from './create-sinks.ts'
import type { Planted } from './planted.ts'

/** The allowances, among the sinks of a run, that nothing made use of: each is an exception too many, or a sweep too small. */
export function idleAllowances(sinks: Pick<Sinks, 'names' | 'texts'>, planted: readonly Planted[]): string[] {
  return sinks.names.flatMap((sink) => {
    const text = sinks.texts(sink).join('\n')
    const kinds = ALLOWED_PLACES[sink]?.kinds ?? []
    const isUsed = (wanted: Planted['kind']) =>
      planted.some(({ kind, value }) => kind === wanted && text.includes(value))
    return kinds.filter((kind) => !isUsed(kind)).map((kind) => `${sink}: ${kind}`)
  })
}
