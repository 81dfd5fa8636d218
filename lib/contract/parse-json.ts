import { scanJson } from './scan-json.ts'
import { isContractKey } from './unknown-keys.ts'

const MAX_DEPTH = 32

export type ParsedJson = { kind: 'parsed'; value: unknown } | Rejected

/**
 * Parses JSON from outside. Nesting beyond 32 levels is rejected: JSON.parse takes any, but what can't be serialized again could not be
 * dead-lettered. An object that has a key twice is rejected: nobody can know which of the two was meant.
 */
export function parseJson(json: string): ParsedJson {
  const text = json.replace(/^\uFEFF/, '')
  if (text.trim() === '') return rejected('empty_body', 'body: is empty')
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return rejected('not_json', 'body: is not JSON')
  }
  const { isTooDeep, repeatedKey } = scanJson(text, MAX_DEPTH)
  if (isTooDeep) return rejected('nested_too_deep', `body: is nested deeper than ${MAX_DEPTH} levels`)
  if (repeatedKey === undefined) return { kind: 'parsed', value }
  return isContractKey(repeatedKey)
    ? rejected('duplicate_key', `${repeatedKey}: must not be twice in one object`)
    : rejected('duplicate_key', 'body: must not have a key twice in one object')
}

/** Why a whole body is rejected. The detail names field and rule, never a value. */
export type Rejection = {
  code:
    | 'empty_body'
    | 'not_json'
    | 'nested_too_deep'
    | 'duplicate_key'
    | 'too_many_envelopes'
    | 'not_a_breach_event'
    | 'unsupported_type'
    | 'invalid_event'
    | 'misplaced_limit'
    | 'implausible'
    | 'in_future'
  detail: string
}

type Rejected = { kind: 'rejected'; rejection: Rejection }

/** A rejection as a result. */
export function rejected(code: Rejection['code'], detail: string): Rejected {
  return { kind: 'rejected', rejection: { code, detail } }
}
