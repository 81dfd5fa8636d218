import type { SqsError } from '../../../node_modules/fauxqs/dist/common/errors.js'

const PREFIX = 'AWS.SimpleQueueService.'

const PREFIXED = new Set([
  'BatchEntryIdsNotDistinct',
  'BatchRequestTooLong',
  'EmptyBatchRequest',
  'InvalidBatchEntryId',
  'MessageNotInflight',
  'PurgeQueueInProgress',
  'QueueDeletedRecently',
  'TooManyEntriesInBatchRequest',
  'UnsupportedOperation',
])

const RENAMED: Record<string, string> = {
  QueueDoesNotExist: `${PREFIX}NonExistentQueue`,
  QueueNameExists: 'QueueAlreadyExists',
}

/**
 * The x-amzn-query-error header of an error. The SDK takes an exception's name from it, so the code must be the one of
 * SQS's API model; fauxqs prefixes every code, and the SDK then knows neither ReceiptHandleIsInvalid nor others.
 */
export function queryErrorHeader({ code, senderFault }: SqsError): string {
  const queryCode = RENAMED[code] ?? (PREFIXED.has(code) ? PREFIX + code : code)
  return `${queryCode};${senderFault ? 'Sender' : 'Receiver'}`
}
