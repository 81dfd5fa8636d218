import { SqsError } from '../../../node_modules/fauxqs/dist/common/errors.js'

/** Refuses (SqsError) a batch request whose entries SQS would refuse as a whole: none, over 10, bad or repeated ids. */
export function checkBatch(entries: readonly { Id: string }[]): void {
  if (entries.length === 0)
    throw new SqsError('EmptyBatchRequest', "The batch request doesn't contain any entries.")
  if (entries.length > 10)
    throw new SqsError('TooManyEntriesInBatchRequest', 'Maximum number of entries per request are 10.')
  if (entries.some(({ Id }) => !/^[\w-]{1,80}$/.test(Id)))
    throw new SqsError(
      'InvalidBatchEntryId',
      'A batch entry id can only contain alphanumeric characters, hyphens and underscores, 80 at most.',
    )
  if (new Set(entries.map(({ Id }) => Id)).size < entries.length)
    throw new SqsError(
      'BatchEntryIdsNotDistinct',
      'Two or more batch entries in the request have the same Id.',
    )
}
