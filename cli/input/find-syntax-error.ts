import { type ParseError, parse } from 'jsonc-parser'
import { createLineAt } from './create-line-at.ts'

/** The line, from 1, on which a text stops being JSON. */
export function findSyntaxError(text: string): number {
  const errors: ParseError[] = []
  parse(text, errors, { disallowComments: true })
  return createLineAt(text)(errors[0]?.offset ?? 0)
}
