import type { SQSRecord } from 'aws-lambda'

const MAX_PAYLOAD_BYTES = 6 * 1024 * 1024
const ENVELOPE_BYTES = Buffer.byteLength(JSON.stringify({ Records: [] }))

/** Cuts a batch, in order, into invocations whose payload stays within Lambda's 6 MB. */
export function splitByPayload(records: readonly SQSRecord[]): SQSRecord[][] {
  const batches: SQSRecord[][] = []
  let bytes = Number.POSITIVE_INFINITY
  for (const record of records) {
    const size = Buffer.byteLength(JSON.stringify(record)) + 1
    bytes += size
    if (bytes > MAX_PAYLOAD_BYTES) {
      batches.push([])
      bytes = ENVELOPE_BYTES + size
    }
    batches.at(-1)?.push(record)
  }
  return batches
}
