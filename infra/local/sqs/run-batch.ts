import { SqsError } from '../../../node_modules/fauxqs/dist/common/errors.js'
import { checkBatch } from './check-batch.ts'

/**
 * Runs `run` for each entry of a batch request and returns what the batch action answers: what `run` returns under
 * `Successful`, the SqsErrors it throws under `Failed`. Throws an SqsError when the batch is refused as a whole.
 */
export function runBatch<Entry extends { Id: string }>(
  entries: readonly Entry[],
  run: (entry: Entry) => Record<string, unknown>,
): { Successful: unknown[]; Failed: unknown[] } {
  checkBatch(entries)
  const Successful: unknown[] = []
  const Failed: unknown[] = []
  for (const entry of entries) {
    try {
      Successful.push({ ...run(entry), Id: entry.Id })
    } catch (error) {
      if (!(error instanceof SqsError)) throw error
      const { code, message, senderFault } = error
      Failed.push({ Id: entry.Id, Code: code, Message: message, SenderFault: senderFault })
    }
  }
  return { Successful, Failed }
}
