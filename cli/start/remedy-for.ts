const REMEDIES: Record<string, string> = {
  invalid_member: 'have the producer mend the row and send it in a new event',
  organization_suspended: 'reactivate the organization at Stytch, or leave it: its members cannot sign in',
  invalid_response: 'the reset may have happened: look the member up at Stytch before you redrive',
  response_mismatch: 'the reset may have happened: look the member up at Stytch before you redrive',
  ledger_unavailable:
    'read its failure-detail first: where it says that the member was reset, do not redrive',
  no_reason_given: 'mend what made the function crash, then redrive with breach-reset redrive',
  over_limit:
    'nobody was reset: raise maxMembersPerEvent of the stage or the source and redrive, or leave it',
  source_not_allowed: 'nobody was reset: name the source in sources of the stage and redrive, or leave it',
  mode_not_allowed: 'nobody was reset: raise highestMode of the source and redrive, or leave it',
  over_hourly_limit: 'nobody was reset: redrive it when an hour is over, or leave it',
  expired: 'send the event anew with a later expirytime if it still matters',
  member_not_found: 'have the producer correct the ids and send the row in a new event',
  organization_not_found: 'have the producer correct the ids and send the row in a new event',
  email_not_found: 'have the producer correct the row: its ids name nobody with this e-mail',
}

/** What to do about a dead letter. */
export const remedyFor = (code: string): string => REMEDIES[code] ?? 'mend the cause, then redrive'
