import path from 'node:path'

const here = (name: string) => path.join(import.meta.dirname, name, 'handler.ts')

/**
 * What is compared. `members`: how a run's members are delivered. `many`: in one invocation, far more than are in flight, whom
 * the handler calls through a pool; `in flight`: as many per invocation as shall be in flight, because it calls all at once;
 * `one at a time`: however many there are.
 */
export const VARIANTS = {
  'breach-reset': {
    entry: path.join(import.meta.dirname, '../../../functions/require-reset/handler.ts'),
    title: 'functions/require-reset as deployed: ledger, logs, metrics',
    members: 'many',
  },
  'breach-reset-bare': {
    entry: here('breach-reset-bare'),
    title: 'the same without ledger, logs and metrics',
    members: 'many',
  },
  'peer-a': {
    entry: here('peer-a'),
    title: 'Powertools batch, parser, idempotency; stytch SDK; Promise.all',
    members: 'in flight',
  },
  'peer-b': {
    entry: here('peer-b'),
    title: 'Middy; stytch SDK; one member after the other; no ledger',
    members: 'one at a time',
  },
  floor: {
    entry: here('floor'),
    title: 'node:https, JSON.parse and nothing else',
    members: 'many',
  },
} as const satisfies Record<string, Variant>

export type Variant = { entry: string; title: string; members: 'many' | 'in flight' | 'one at a time' }
export type VariantName = keyof typeof VARIANTS
export const VARIANT_NAMES = Object.keys(VARIANTS) as VariantName[]
