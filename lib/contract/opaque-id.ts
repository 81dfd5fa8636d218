import * as z from 'zod'

/**
 * An identifier that ends up in logs, message attributes and the ledger: printable ASCII without spaces, `@` or `%`,
 * so that no e-mail address, plain or percent-encoded, can hide in it.
 * Wide enough for every id, slug and external id that Stytch documents (letters, digits and `- . _ ~ |`).
 */
export function opaqueId(maxLength: number) {
  return z
    .string()
    .min(1)
    .max(maxLength)
    .regex(/^[!-$&-?A-~]*$/, { error: 'must be printable ASCII without spaces, "@" or "%"' })
}
