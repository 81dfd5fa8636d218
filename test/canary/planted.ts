import type { Credentials } from '../../lib/stytch/credentials.ts'

/** A value that is planted, to be looked for wherever anything comes out. Of an e-mail the local part is looked for alone, too. */
export type Planted = { kind: 'e-mail' | 'password' | 'secret'; name: string; value: string }

/** Every character that some encoding escapes: what is found is what was encoded. */
export const MEMBER = "kanari.Zq7+o'hare/1&x=2@leak-member.example"
/** Somebody else: in Stytch's answers, in errors of AWS, in what is typed. */
export const STRANGER = "fremd.Vq9+mc'coy/3&y=4@leak-stranger.example"
/** A row that is no e-mail address, as careless feeds write them. */
export const MALFORMED = 'kaputt.Wx8 at leak-malformed.example'
/** So short that a parser quotes it whole. */
export const SHORT = 'k9z.w@l.example'
/** In a key that the contract does not know, and as such a key. */
export const PASSWORD = 'Tr0ub4dor & 3=kanari+pw/8'

/** Everything planted in a run whose secrets are these; `next` is the Stytch secret after its rotation. */
export function plantedWith(
  { project_id, secret }: Credentials,
  { next, ledgerKey }: { next: string; ledgerKey: string },
): readonly Planted[] {
  const authorization = Buffer.from(`${project_id}:${secret}`).toString('base64')
  return [
    { kind: 'e-mail', name: 'member', value: MEMBER },
    { kind: 'e-mail', name: 'stranger', value: STRANGER },
    { kind: 'e-mail', name: 'malformed e-mail', value: MALFORMED },
    { kind: 'e-mail', name: 'short e-mail', value: SHORT },
    { kind: 'password', name: 'stolen password', value: PASSWORD },
    { kind: 'secret', name: 'Stytch secret', value: secret },
    { kind: 'secret', name: 'rotated Stytch secret', value: next },
    { kind: 'secret', name: 'Authorization header', value: authorization },
    { kind: 'secret', name: 'ledger key', value: ledgerKey },
  ]
}
