import * as z from 'zod'
import { BreachEventSchema, MemberSchema } from './breach-event.ts'

/** Unicode's control, format and private-use characters (Cc, Cf, Co; Unicode 17), as ranges of hexadecimal code points. */
const INVISIBLE =
  '0-1f 7f-9f ad-ad 600-605 61c-61c 6dd-6dd 70f-70f 890-891 8e2-8e2 180e-180e 200b-200f 202a-202e 2060-2064 2066-206f e000-f8ff feff-feff fff9-fffb 110bd-110bd 110cd-110cd 13430-1343f 1bca0-1bca3 1d173-1d17a e0001-e0001 e0020-e007f f0000-ffffd 100000-10fffd'

const invisible = INVISIBLE.split(' ')
  .map((range) => {
    const [from = '', to = ''] = range.split('-')
    return `${toCharacter(from)}-${toCharacter(to)}`
  })
  .join('')

/**
 * The rule of `email_address`, before trimming, as regular expressions for every common language. Many don't know `\p{C}`, nor
 * the same escapes, so characters stand for themselves. Unassigned code points pass, unlike in our own rule, because
 * their list changes with every version of Unicode.
 */
export const EMAIL_PATTERNS = [
  `^\\s*[^\\s@${invisible}]+@[^\\s@${invisible}]+\\s*$`,
  '^\\s*\\S{3,320}\\s*$',
] as const

function toCharacter(hexadecimal: string): string {
  return String.fromCodePoint(Number.parseInt(hexadecimal, 16))
}

/** The contract as a JSON Schema 2020-12, for producers in any language. Where it differs from the code: docs/contract.md#schema. */
function toJsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(BreachEventSchema, {
    io: 'input',
    override({ zodSchema, jsonSchema }) {
      if (zodSchema !== MemberSchema.shape.email_address) return
      delete jsonSchema.pattern
      jsonSchema.allOf = EMAIL_PATTERNS.map((pattern) => ({ pattern }))
    },
  })
  return {
    $schema,
    $id: 'urn:breach-reset:schema:breach-event.v1',
    title: 'Breach event v1',
    ...schema,
  }
}

/** The text of docs/breach-event.v1.schema.json. Every invisible character is written as an escape. */
export function toSchemaFile(): string {
  const json = JSON.stringify(toJsonSchema(), undefined, 2)
  return `${json.replace(/[^\n -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`
}
