import fc from 'fast-check'
import type { Mode } from '../../lib/contract/breach-event.ts'
import { answers } from '../fakes/create-reset-world.ts'
import { answered } from './answered.ts'
import { mostly } from './mostly.ts'
import { PLANTED } from './planted.ts'
import type { Sending } from './run-fan-out.ts'

const SECRET = '{"project_id":"project-test-1","secret":"s"}'

const usual = fc.constantFrom(
  ...[answers.reset(), answers.reset(), answers.timeout(), answers.json(503, {})],
  ...[answers.error(404, 'email_not_found'), answers.error(404, 'member_not_found')],
  ...[answers.error(400, 'member_password_not_found'), answers.error(400, 'organization_suspended')],
)

/** What the world around require-reset does in one invocation. A list is used up step by step; after its end all goes well. */
export const resetWorldScript = fc.record({
  answers: fc.array(fc.oneof(answered, usual), { maxLength: 40 }),
  sendings: fc.array(mostly<Sending>('taken', 'refused', 'unanswered'), { maxLength: 6 }),
  writes: fc.array(mostly<'works' | 'fails'>('works', 'fails'), { maxLength: 8 }),
  read: mostly<'works' | 'fails'>('works', 'works', 'works', 'fails'),
  secret: mostly(
    SECRET,
    SECRET,
    SECRET,
    SECRET,
    SECRET,
    '',
    '{',
    'null',
    `{"project_id":"${PLANTED.email}"}`,
    'fails',
  ),
  sentinel: mostly<'same key' | 'other key' | 'fails'>('same key', 'same key', 'other key', 'fails'),
  remainingMs: mostly(60_000, 2020, 2020, 0),
  mode: mostly<Mode>('enforce', 'dry_run'),
})
