import { expect, it } from 'vitest'
import { processBatch } from '../../../lib/queue/process-batch.ts'
import { createRecorder } from '../../fakes/create-recorder.ts'

const RECORDS = ['a', 'b', 'c'].map((messageId) => ({ messageId }))
const succeed = async () => {}

it('reports exactly the records whose handler rejects, and logs and counts why', async () => {
  const { observe, failures, total } = createRecorder()
  const error = new Error('boom')
  const handle = ({ messageId }: { messageId: string }) =>
    messageId === 'b' ? Promise.reject(error) : Promise.resolve()
  expect(await processBatch(RECORDS, handle, observe)).toEqual({
    batchItemFailures: [{ itemIdentifier: 'b' }],
  })
  expect(failures).toEqual([{ message: 'record failed', error }])
  expect(total('RecordFailed')).toBe(1)
})

it('answers with an empty list, never with nothing, when all went well', async () => {
  const { observe } = createRecorder()
  expect(await processBatch(RECORDS, succeed, observe)).toEqual({ batchItemFailures: [] })
})

it('throws when there are no records: an empty answer would pass for success', async () => {
  const { observe } = createRecorder()
  await expect(processBatch(undefined, succeed, observe)).rejects.toThrow('no SQS records')
})
