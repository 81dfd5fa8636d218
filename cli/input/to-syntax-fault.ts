import { type ParseError, parse } from 'jsonc-parser'
import type { Rejection } from '../../lib/contract/rejection.ts'
import { toProblem } from '../../lib/producer/to-problem.ts'
import { createLineAt } from './create-line-at.ts'
import type { Fault } from './input.ts'
import type { Document } from './split-documents.ts'

/** A rejection of a whole document as a fault, on the line where the text stops being JSON, or where the document begins. */
export function toSyntaxFault({ code, detail }: Rejection, { text, line }: Document): Fault {
  const errors: ParseError[] = []
  if (code === 'not_json') parse(text, errors, { disallowComments: true })
  const at = createLineAt(text)(errors[0]?.offset ?? 0)
  return { ...toProblem(code, detail), line: line + at - 1 }
}
