import type { BreachEvent } from '../../contract/breach-event.ts'

/** `where`: the path in the vendor's document, such as `results.3`. `rule`: field and rule, never a value. */
export type LeftOut = { where: string; rule: string }

/** Each record of a document is in an event, dropped (on purpose), or invalid (can't be used). */
export type Adapted = { events: BreachEvent[]; dropped: LeftOut[]; invalid: LeftOut[] }

/**
 * Makes breach events of what a vendor's API or webhook gives, parsed from JSON. It has no clock, no I/O and no options: the same
 * record has the same event in every poll. An event may name more than 10,000 members: whoever sends it cuts it.
 * A document of another shape is one `invalid` with an empty `where`.
 */
export type Adapter = (document: unknown) => Adapted
