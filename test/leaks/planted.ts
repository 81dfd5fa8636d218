import type { Credentials } from '../../lib/stytch/credentials.ts'

/** A value that tests plant, to be looked for wherever anything comes out. */
export type Planted = { kind: 'e-mail' | 'member id' | 'password' | 'secret'; name: string; value: string }

/** Of every planted address, also of those that tests make up. */
export const DOMAIN = 'leak.example'

/** The member of most events. Holds every character that some encoding escapes: what is found is what was encoded. */
export const MEMBER = `kanari.Zq7+o'hare/1&x=2@${DOMAIN}`
/** The same without "@"; an id may not hold "%" either. */
export const ENCODED_MEMBER = encodeURIComponent(MEMBER)
/** Somebody else: in Stytch's answers, in errors of AWS, in command lines. */
export const STRANGER = `fremd.Vq9+mc'coy/3&y=4@${DOMAIN}`
/** Stytch's id of the member. */
export const MEMBER_ID = "member-test-kanari.Ux4+o'hare/5&z=6"
/** A row that is not an e-mail address, as careless feeds write them. */
export const MALFORMED = `kaputt.Wx8 at ${DOMAIN}`
/** So short that a parser's error quotes it in full. */
export const SHORT = 'k9z.w@l.example'
/** As the value of a key that the contract does not know, and as such a key. */
export const PASSWORD = 'Tr0ub4dor & 3=kanari+pw/8'
/** For errors that quote everything. */
export const INDISCREET = `${MEMBER} is not ${STRANGER}, whose password is ${PASSWORD}`

/** The secrets of a run in process, as their owners fill them in. `next` is the Stytch secret after its rotation. */
export const SECRETS = {
  credentials: { project_id: 'project-test-kanari', secret: 'secret-test-kanari/s=1+x&y' },
  next: 'secret-test-kanari/s=2+x&y',
  ledgerKey: 'kanari/ledger=key+of&at-least-32-characters',
}

/**
 * The end of every address, also of those that fuzz tests make up, and a part of the password. An id may hold neither "@" nor a
 * space, so not even a text that was cut or edited at random has them by chance.
 */
export const MARKS: readonly Planted[] = [
  { kind: 'e-mail', name: 'end of an address', value: `@${DOMAIN}` },
  { kind: 'password', name: 'part of the stolen password', value: '& 3=kanari' },
]

/** Returns everything planted in a run with these secrets, and both halves of each address. */
export function plantedWith({
  credentials: { project_id, secret },
  next,
  ledgerKey,
}: {
  credentials: Credentials
  next: string
  ledgerKey: string
}): readonly Planted[] {
  const authorization = Buffer.from(`${project_id}:${secret}`).toString('base64')
  return [
    ...address('member', MEMBER),
    ...address('stranger', STRANGER),
    ...address('malformed e-mail', MALFORMED),
    ...address('short e-mail', SHORT),
    { kind: 'password', name: 'stolen password', value: PASSWORD },
    { kind: 'member id', name: 'id of the member', value: MEMBER_ID },
    { kind: 'secret', name: 'Stytch secret', value: secret },
    { kind: 'secret', name: 'rotated Stytch secret', value: next },
    { kind: 'secret', name: 'Authorization header', value: authorization },
    { kind: 'secret', name: 'ledger key', value: ledgerKey },
    ...MARKS,
  ]
}

function address(name: string, value: string): Planted[] {
  const [local = ''] = value.split(/@| at /)
  return [
    { kind: 'e-mail', name, value },
    { kind: 'e-mail', name: `local part of ${name}`, value: local },
  ]
}
