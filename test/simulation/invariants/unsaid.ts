/** Ends of a call that leave open whether the reset happened. */
export const UNSAID: readonly string[] = ['timeout', 'connection_lost', 'unusable']
