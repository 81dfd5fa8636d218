const MEANINGS: Record<string, string> = {
  reset: 'the old password is unusable',
  covered: 'was reset after the breach already: not called again',
  duplicate: 'the same person again in the same event',
  not_a_member: 'nobody at Stytch has this e-mail',
  no_password: 'had no password that could be stolen',
  no_reason_given: 'SQS itself moved it there, after five receives',
  reset_by_another: 'the same person, whom another of the events reset',
  dry_run: 'would have been called: the stage or the event is a dry run',
}

/** What an outcome means, in a few words. */
export const meaningOf = (code: string): string => MEANINGS[code] ?? ''
