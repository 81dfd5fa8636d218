import type { Effects } from '../../functions/require-reset/environment.ts'
import { answers } from '../fakes/create-reset-world.ts'
import { MEMBER, PASSWORD, SHORT, STRANGER } from './planted.ts'
import { SECRETS } from './secrets.ts'
import { STYTCH_ANSWERS } from './stytch-answers.ts'
import { eventOf, type Situation } from './sweep-require-reset.ts'
import { talkativeErrors } from './talkative-errors.ts'

const named = { email_address: MEMBER, organization_id: 'acme', member_id: 'm-1' }
const withIds = [eventOf({ data: { ...eventOf().data, members: [named] } })]
const LATER = Date.parse('2026-11-20T12:30:00Z')
const [, notFound = answers.timeout()] = STYTCH_ANSWERS.find(([code]) => code === 'not_a_member') ?? []
const unauthorized = answers.error(401, 'unauthorized_credentials')
const everything = JSON.stringify({ ...SECRETS, MEMBER, STRANGER, PASSWORD })

/** A secret whose first reading is the old one. */
const rotated =
  (again: () => Promise<string>): Effects['readSecret'] =>
  async (name, { fresh }) =>
    name === 'ledger-key' ? SECRETS.ledgerKey : fresh ? again() : JSON.stringify(SECRETS.credentials)
const next = () => Promise.resolve(JSON.stringify({ ...SECRETS.credentials, secret: SECRETS.next }))

/** Every effect of require-reset fails in turn, with errors that say everything. */
const failures = talkativeErrors(everything).flatMap((error): [string, Situation][] => {
  const fails = () => Promise.reject(error)
  return [
    ['ledger_unavailable', { effects: { readResets: fails } }],
    ['ledger_unavailable', { effects: { writeRows: fails } }],
    ['secret_or_ledger_unavailable', { effects: { checkSentinel: fails } }],
    ['secret_or_ledger_unavailable', { effects: { readSecret: fails } }],
    ['unauthorized_credentials', { answer: unauthorized, effects: { readSecret: rotated(fails) } }],
    ['record failed', { effects: { requireReset: fails } }],
    ['record failed', { answer: answers.timeout(), effects: { sendMessages: fails } }],
  ]
})

/** What require-reset can meet, by the code or the message that it ends with. */
export const RESET_SITUATIONS: readonly [code: string, Situation][] = [
  ...STYTCH_ANSWERS.map(([code, answer]): [string, Situation] => [code, { answer }]),
  ['email_not_found', { answer: notFound, events: withIds }],
  ['covered', { effects: { readResets: async (people) => new Map(people.map((key) => [key, LATER])) } }],
  ['dry_run', { config: { mode: 'dry_run' } }],
  ['expired', { events: [eventOf({ expirytime: '2001-01-01T00:00:00Z' })] }],
  ['out_of_time', { remainingMs: 1000 }],
  ['stytch_secret_invalid', { secrets: { stytch: `{"secret":"${SECRETS.credentials.secret}"` } }],
  [
    'stytch_secret_invalid',
    { secrets: { stytch: JSON.stringify({ project_id: MEMBER, secret: SECRETS.next }) } },
  ],
  ['ledger_key_invalid', { secrets: { 'ledger-key': 'short' } }],
  ['ledger_key_mismatch', { effects: { checkSentinel: async () => 'other key' } }],
  ['unauthorized_credentials', { answer: unauthorized, effects: { readSecret: rotated(next) } }],
  [
    'record failed',
    {
      answer: answers.timeout(),
      effects: { sendMessages: async (_, refused) => ({ refused: [...refused] }) },
    },
  ],
  ['not_json', { events: [SHORT] }],
  [
    'invalid_event',
    {
      events: [
        JSON.stringify({ ...eventOf(), [MEMBER]: 1, fence: MEMBER, attempts: MEMBER, firsttriedat: MEMBER }),
      ],
    },
  ],
  ['invalid_event', { events: [JSON.stringify(MEMBER)] }],
  ...failures,
]
