import * as z from 'zod'
import { ModeSchema } from '../lib/contract/breach-event.ts'

/** What a stage, or a source in it, may do: `enforce` resets; `dry_run` only decides and logs. */
export const mode = z.enum(ModeSchema.options, { error: 'must be enforce or dry_run' })
