import { isDeepStrictEqual } from 'node:util'
import type { FaultRule } from '../../../infra/local/stytch/faults/fault-rule.ts'
import { AWS_FAULTS } from './aws-faults.ts'
import { STYTCH_FAULTS } from './stytch-faults.ts'

const HOW_OFTEN = { times: 1, probability: 1 }

/** How often each kind of fault hit, by name; 0 for those that never did. */
export function countHits(seen: {
  stytch: readonly FaultRule[]
  aws: ReadonlyMap<string, number>
  rotations: number
  killed: Readonly<Record<'fanOut' | 'requireReset', number>>
}): Map<string, number> {
  const ofStytch = Object.entries(STYTCH_FAULTS).map(([name, fault]): [string, number] => [
    `Stytch: ${name}`,
    seen.stytch.filter((rule) => isDeepStrictEqual({ ...rule, ...HOW_OFTEN }, { ...fault, ...HOW_OFTEN }))
      .length,
  ])
  return new Map([
    ...ofStytch,
    ['Stytch: key rotated', seen.rotations],
    ...Object.keys(AWS_FAULTS).map((name): [string, number] => [name, seen.aws.get(name) ?? 0]),
    ['killed: fan-out', seen.killed.fanOut],
    ['killed: require-reset', seen.killed.requireReset],
  ])
}
