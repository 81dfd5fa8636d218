import * as z from 'zod'
import { BreachEventSchema, MemberSchema } from './breach-event.ts'
import { OUTCOME_SCHEMA, OutcomeEventSchema } from './outcome-event.ts'
import { toRanges } from './ranges.ts'

/**
 * What a local part, and a part of a domain, can't have, as ranges of hexadecimal code points: ASCII, and in a local part the two signs
 * that only a domain may have.
 */
const NOT_LOCAL = '0-20 22-22 28-29 2c-2c 3a-3c 3e-3e 40-40 5b-5d 7f-7f b7-b7 30fb-30fb'
const NOT_DOMAIN = '0-2c 2e-2f 3a-40 5b-60 7b-7f'

/**
 * The rule of `email_address`, before trimming, as regular expressions for every common language. Many don't know `\p{L}`, nor
 * the same escapes, so characters stand for themselves. The second one lists the characters beyond ASCII that no address has; white
 * space, of which languages know more or less, is left to the others. Nothing is matched in two ways: a long text costs little. Unassigned code points pass, unlike in our own rule, because their list changes with every version of Unicode.
 */
export const EMAIL_PATTERNS = [
  `^\\s*[^\\s${toClass(NOT_LOCAL)}]+@[^\\s${toClass(NOT_DOMAIN)}]+(?:\\.[^\\s${toClass(NOT_DOMAIN)}]+)*\\s*$`,
  `^[^${otherSigns()}]*$`,
  '^\\s*\\S{3,320}\\s*$',
]

function toClass(ranges: string): string {
  const toSign = (code: string) =>
    String.fromCodePoint(Number.parseInt(code, 16)).replace(/[[\\\]^-]/, '\\$&')
  return ranges
    .split(' ')
    .map((range) => range.split('-').map(toSign).join('-'))
    .join('')
}

/** Every assigned character beyond ASCII that an address can't have, white space excepted, as ranges. */
function otherSigns(): string {
  const codes = Array.from({ length: 0x110000 - 0x80 }, (_, index) => 0x80 + index)
  const isOther = (code: number) => !/[\p{L}\p{M}\p{N}\p{Cn}\p{Cs}·・\s]/u.test(String.fromCodePoint(code))
  return toRanges(codes.filter(isOther))
    .map((range) => range.map((code) => String.fromCodePoint(code)).join('-'))
    .join('')
}

/** The contract as a JSON Schema 2020-12, for producers in any language. Where it differs from the code: docs/contract.md#schema. */
function breachEventSchema() {
  return z.toJSONSchema(BreachEventSchema, {
    io: 'input',
    override({ zodSchema, jsonSchema }) {
      if (zodSchema !== MemberSchema.shape.email_address) return
      delete jsonSchema.pattern
      jsonSchema.allOf = EMAIL_PATTERNS.map((pattern) => ({ pattern }))
    },
  })
}

/** The texts of the schemas that are published, by their files. Every invisible character is written as an escape. */
export function toSchemaFiles(): Record<string, string> {
  // As input, because consumers have to take fields that come later.
  const outcomeEvents = z.toJSONSchema(OutcomeEventSchema, { io: 'input' })
  return {
    'docs/breach-event.v1.schema.json': toText('urn:breach-reset:schema:breach-event.v1', {
      title: 'Breach event v1',
      ...breachEventSchema(),
    }),
    'docs/outcome-event.v1.schema.json': toText(OUTCOME_SCHEMA, {
      title: 'Outcome event v1',
      ...outcomeEvents,
    }),
  }
}

function toText($id: string, { $schema, ...schema }: Record<string, unknown>): string {
  const json = JSON.stringify({ $schema, $id, ...schema }, undefined, 2)
  return `${json.replace(/[^\n -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`
}
