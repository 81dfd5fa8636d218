/** Why nobody of a whole event is reset, although it keeps to the contract. The detail names field and rule. */
export type Refusal = {
  code: 'expired' | 'source_not_allowed' | 'mode_not_allowed' | 'over_limit' | 'over_hourly_limit'
  detail: string
}
