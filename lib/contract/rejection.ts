/** Why a whole body is refused. The detail names field and rule, never a value. */
export type Rejection = {
  code:
    | 'empty_body'
    | 'not_json'
    | 'nested_too_deep'
    | 'too_many_envelopes'
    | 'not_a_breach_event'
    | 'unsupported_type'
    | 'invalid_event'
    | 'in_future'
  detail: string
}
