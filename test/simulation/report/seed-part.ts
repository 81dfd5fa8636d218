/** The work of one thread: every `step`th seed from `first` to before `end`, with the deliberate bug of that name in place. */
export type SeedPart = { first: number; step: number; end: number; bug: string | undefined }
