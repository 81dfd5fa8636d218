import { ENCODERS } from '../leaks/encoders.ts'
import { findLeaks, type Leak } from '../leaks/find-leaks.ts'
import type { Planted } from '../leaks/planted.ts'
import type { OutputName, Outputs } from './outputs.ts'

/** Where something planted may be, and why. Nowhere else. */
const ALLOWED_PLACES: Partial<Record<OutputName, { kinds: readonly Planted['kind'][]; reason: string }>> = {
  'reset queue, body': {
    kinds: ['e-mail'],
    reason: 'names the people that require-reset calls; encrypted, and only the two functions may send to it',
  },
  'sessions queue, body': {
    kinds: ['e-mail', 'member id'],
    reason:
      'names the people whose sessions are to end, and their members whose have; encrypted, and only two functions may send to it',
  },
  'dead-letter queue, body of a member': {
    kinds: ['e-mail'],
    reason: 'says who was not reset, and can be redriven as it is; encrypted',
  },
  'dead-letter queue, verbatim body': {
    kinds: ['e-mail', 'password'],
    reason:
      'what is not a breach event, or a bad row, is kept as it came (docs/contract.md#unknown-keys); encrypted',
  },
  'rehearsed queue, body': {
    kinds: ['e-mail', 'password'],
    reason:
      'says who would have been reset, and can be sent to the breach queue as it is, with a bad row as it came (docs/contract.md#unknown-keys); encrypted',
  },
  'request to Stytch': {
    kinds: ['e-mail', 'member id', 'secret'],
    reason: 'the calls that this project makes, over TLS, authorized by the secret',
  },
  'report with people': {
    kinds: ['e-mail'],
    reason: 'the file in which its caller wants names, from their own copy of the event; it stays with them',
  },
  'command line, revealed': {
    kinds: ['e-mail'],
    reason: 'what somebody who may read the dead letters asks for with --reveal',
  },
}

type Readable = Pick<Outputs, 'names' | 'texts'>

/** Returns the planted values that came out where they may not. */
export function leaksIn(outputs: Readable, planted: readonly Planted[]): ({ output: OutputName } & Leak)[] {
  return outputs.names.flatMap((output) => {
    const text = outputs.texts(output).join('\n')
    return findLeaks(text, forbiddenIn(output, planted)).map((leak) => ({ output, ...leak }))
  })
}

/** Returns the allowances, among the outputs of a run, that nothing made use of: each is an exception too many, or a sweep too small. */
export function unusedAllowances(outputs: Readable, planted: readonly Planted[]): string[] {
  return outputs.names.flatMap((output) => {
    const text = outputs.texts(output).join('\n')
    const kinds = ALLOWED_PLACES[output]?.kinds ?? []
    const isUsed = (wanted: Planted['kind']) =>
      planted.some(({ kind, value }) => kind === wanted && text.includes(value))
    return kinds.filter((kind) => !isUsed(kind)).map((kind) => `${output}: ${kind}`)
  })
}

/**
 * Puts a deliberate leak behind the last texts that a run has left in each output, in each encoding, one at a time. Returns those that
 * are not found under the name of their encoding.
 */
export function missedLeaks(outputs: Readable, planted: readonly Planted[]): string[] {
  return outputs.names.flatMap((output) => {
    const [value] = forbiddenIn(output, planted)
    if (!value) return [`${output}: nothing is looked for`]
    const last = outputs.texts(output).slice(-3)
    return ENCODERS.flatMap(([encoding, encode], index) => {
      const texts = () => [...last, `{"leak":${encode(value.value)}}`]
      const [found] = leaksIn({ names: [output], texts }, [value])
      return found?.encodings.includes(encoding) ? [] : [`${output}: ${encoding} (encoder ${index})`]
    })
  })
}

function forbiddenIn(output: OutputName, planted: readonly Planted[]): Planted[] {
  return planted.filter(({ kind }) => !ALLOWED_PLACES[output]?.kinds.includes(kind))
}
