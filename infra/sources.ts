import * as z from 'zod'
import { MOST_MEMBERS } from '../lib/contract/breach-event.ts'
import { opaqueId } from '../lib/contract/opaque-id.ts'
import { from } from './from.ts'
import { mode } from './mode.ts'

const NAME_RULE = "must be the source of an event, as docs/contract.md has it, or '*'"

/**
 * What each source may send, by its `source` in the event; `'*'` stands for all that are not named here, which are counted
 * together. Of any other source everything is dead-lettered. A source is the sender's claim, and no proof: SECURITY.md.
 */
export const SourcesSchema = z
  .record(
    opaqueId(512),
    z.strictObject({
      /** Left out: the stage's `maxMembersPerEvent`. */
      maxMembersPerEvent: from(1, MOST_MEMBERS).optional(),
      /** Rows of all its events in any 60 minutes, dry runs included. Left out: no limit. */
      maxMembersPerHour: from(1, 1_000_000).optional(),
      /** `dry_run` calls nobody, whatever the stage's mode. Left out: the stage's `mode`. */
      highestMode: mode.optional(),
    }),
    { error: ({ code }) => (code === 'invalid_key' ? NAME_RULE : 'must be an object of sources') },
  )
  .refine((sources) => Object.keys(sources).length > 0, {
    error: 'must name at least one, or be left out',
  })
