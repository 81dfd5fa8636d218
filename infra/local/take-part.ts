import * as z from 'zod'
import type { AwsCall } from './tap.ts'

const SendSchema = z.looseObject({ Entries: z.array(z.looseObject({ Id: z.string() })) })
const WriteSchema = z.looseObject({ RequestItems: z.record(z.string(), z.array(z.unknown())) })

/** A batch request cut short, and what its answer becomes for the caller of the whole. */
export type Part = { call: AwsCall; amend(answer: string): string }

/**
 * Cuts a SendMessageBatch, or a BatchWriteItem for each table, to its first `count` entries; the others come back as
 * `Failed` or `UnprocessedItems`. Throws on any other request.
 */
export function takePart(call: AwsCall, count: number): Part {
  if (call.action === 'SendMessageBatch') {
    const body = SendSchema.parse(call.body)
    const failed = body.Entries.slice(count).map(({ Id }) => ({
      ...{ Id, Code: 'ServiceUnavailable', Message: 'left out by the tap', SenderFault: false },
    }))
    return {
      call: { ...call, body: { ...body, Entries: body.Entries.slice(0, count) } },
      amend: (answer) =>
        JSON.stringify({ ...JSON.parse(answer), ...(failed.length > 0 && { Failed: failed }) }),
    }
  }
  if (call.action !== 'BatchWriteItem') throw new Error(`${call.action} has no entries to take a part of`)
  const body = WriteSchema.parse(call.body)
  const tables = Object.entries(body.RequestItems)
  const left = tables.flatMap(([table, items]) => (items.length > count ? [[table, items.slice(count)]] : []))
  const RequestItems = Object.fromEntries(tables.map(([table, items]) => [table, items.slice(0, count)]))
  return {
    call: { ...call, body: { ...body, RequestItems } },
    amend: (answer) => JSON.stringify({ ...JSON.parse(answer), UnprocessedItems: Object.fromEntries(left) }),
  }
}
