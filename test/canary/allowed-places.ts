import type { SinkName } from './create-sinks.ts'
import type { Planted } from './planted.ts'

/** Where something planted may be, and why. Nowhere else. */
export const ALLOWED_PLACES: Partial<
  Record<SinkName, { kinds: readonly Planted['kind'][]; reason: string }>
> = {
  'reset queue, body': {
    kinds: ['e-mail'],
    reason: 'tells require-reset whom to call; encrypted, and only the two functions may send to it',
  },
  'dead-letter queue, body of a member': {
    kinds: ['e-mail'],
    reason: 'says who was not reset, and can be redriven as it is; encrypted',
  },
  'dead-letter queue, verbatim body': {
    kinds: ['e-mail', 'password'],
    reason:
      'what is no breach event, or a bad row, is kept as it came (docs/contract.md#unknown-keys); encrypted',
  },
  'request to Stytch': {
    kinds: ['e-mail', 'secret'],
    reason: 'the one call this project makes, over TLS, authorized by the secret',
  },
  'command line, path as typed': {
    kinds: ['e-mail'],
    reason: 'start names the file that it can not use, to whoever typed its path',
  },
}
