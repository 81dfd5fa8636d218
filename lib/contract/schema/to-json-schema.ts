import * as z from 'zod'
import { BreachEventSchema } from '../breach-event.ts'
import { MemberSchema } from '../member.ts'
import { EMAIL_PATTERNS } from './email-patterns.ts'

/** The contract as a JSON Schema 2020-12, for producers in any language: what it takes is taken, but for docs/contract.md#schema. */
export function toJsonSchema(): Record<string, unknown> {
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
