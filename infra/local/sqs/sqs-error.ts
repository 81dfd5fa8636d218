const PREFIX = 'AWS.SimpleQueueService.'

const PREFIXED = new Set([
  'BatchEntryIdsNotDistinct',
  'BatchRequestTooLong',
  'EmptyBatchRequest',
  'InvalidBatchEntryId',
  'MessageNotInflight',
  'TooManyEntriesInBatchRequest',
])

const RENAMED: Record<string, string> = {
  QueueDoesNotExist: `${PREFIX}NonExistentQueue`,
  QueueNameExists: 'QueueAlreadyExists',
}

/** The SqsError of a parameter that SQS refuses. */
export function invalidParameter(message: string): SqsError {
  return new SqsError('InvalidParameterValue', message)
}

/** An error that SQS answers with status 400. `code` is its name in SQS's API reference. */
export class SqsError extends Error {
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.name = 'SqsError'
    this.code = code
  }

  /** The body of the answer. */
  toJSON(): { __type: string; message: string } {
    return { __type: `com.amazonaws.sqs#${this.code}`, message: this.message }
  }

  /** The x-amzn-query-error header: the code in SQS's older protocol, from which the SDK takes the exception's name. */
  queryErrorHeader(): string {
    const queryCode = RENAMED[this.code] ?? (PREFIXED.has(this.code) ? PREFIX + this.code : this.code)
    return `${queryCode};Sender`
  }
}
