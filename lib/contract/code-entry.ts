/**
 * What is known of a code. Sentences without a full stop.
 * `of`: what ends with it. `body`: a whole body that is not a valid event; `event`: a whole event that is; `person`: one person, or
 * rows that can't be forwarded; `retried`: one person who is deferred, and dead-lettered if that still fails at the retry horizon; `skipped`: one person;
 * `tools`: a dead letter whose reason only the tools name, not the functions.
 * `remedy`: what to do about a dead letter. `brief`: the meaning in a few words, for a count.
 */
export type CodeEntry = {
  of: 'skipped' | 'body' | 'event' | 'person' | 'retried' | 'tools'
  meaning: string
  brief?: string
  remedy?: string
  redrive?: Redrive
}

/**
 * What a redrive of a dead letter does. `again`: the member is tried again. `asks`: may repeat a reset that happened, so that
 * the operator must name the code. `futile`: ends the same until the message, or a setting, is changed.
 */
export type Redrive = { kind: 'again' | 'asks' | 'futile'; sentence: string }

export const AGAIN: Redrive = {
  kind: 'again',
  sentence: 'is called again, unless the ledger has a reset since the breach',
}
export const ASKS: Redrive = {
  kind: 'asks',
  sentence: 'may have been reset: a redrive can delete a newer password. Look them up at Stytch first',
}
export const ENDS_SESSIONS: Redrive = {
  kind: 'again',
  sentence: 'is covered, so is not reset again; their sessions are tried again',
}
export const FUTILE: Redrive = {
  kind: 'futile',
  sentence: 'comes back the same: have the producer fix it and send it again, then delete it',
}
export const futileUntil = (change: string): Redrive => ({
  kind: 'futile',
  sentence: `comes back the same until ${change} and deployed`,
})

export const body = (meaning: string, remedy: string, redrive = FUTILE) =>
  ({ of: 'body', meaning, remedy, redrive }) satisfies CodeEntry
export const event = (meaning: string, remedy: string, redrive: Redrive) =>
  ({ of: 'event', meaning, remedy, redrive }) satisfies CodeEntry
export const person = (meaning: string, remedy: string, redrive = AGAIN) =>
  ({ of: 'person', meaning, remedy, redrive }) satisfies CodeEntry
export const retried = (meaning: string, remedy: string, redrive = AGAIN) =>
  ({ of: 'retried', meaning, remedy, redrive }) satisfies CodeEntry
export const sessions = (meaning: string, remedy: string) => person(meaning, remedy, ENDS_SESSIONS)
export const skipped = (meaning: string, brief: string) =>
  ({ of: 'skipped', meaning, brief }) satisfies CodeEntry
