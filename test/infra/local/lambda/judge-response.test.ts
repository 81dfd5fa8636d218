import { describe, expect, it } from 'vitest'
import type { InvocationResult } from '../../../../infra/local/lambda/execution-environment.ts'
import { judgeResponse } from '../../../../infra/local/lambda/judge-response.ts'

const messageIds = ['a', 'b', 'c']
const answered = (payload: unknown): InvocationResult => ({ kind: 'answered', payload, durationMs: 1 })
const failures = (...itemIdentifiers: unknown[]) => ({
  batchItemFailures: itemIdentifiers.map((itemIdentifier) => ({ itemIdentifier })),
})
const judge = (payload: unknown) =>
  judgeResponse({ messageIds, result: answered(payload), reportBatchItemFailures: true })

describe('a batch', () => {
  it.each([
    ['null', null],
    ['undefined', undefined],
    ['an empty answer', ''],
    ['an empty object', {}],
    ['an object without the list', { statusCode: 200 }],
    ['a misspelt list name', { batchItemFailure: [{ itemIdentifier: 'a' }] }],
    ['an empty list', failures()],
    ['a null list', { batchItemFailures: null }],
  ])('is acknowledged as a whole for %s', (_, payload) => {
    expect(judge(payload)).toEqual({ acknowledged: messageIds, failed: [] })
  })

  it.each([
    ['an unknown id', failures('z')],
    ['an unknown id and a known one', failures('a', 'z')],
    ['an empty id', failures('')],
    ['a null id', failures(null)],
    ['an id that is not a string', failures(1)],
    ['a wrong key name in an entry', { batchItemFailures: [{ messageId: 'a' }] }],
    ['an entry that is only the id', { batchItemFailures: ['a'] }],
    ['a null entry', { batchItemFailures: [null] }],
    ['a list that is an object', { batchItemFailures: { itemIdentifier: 'a' } }],
    ['a list that is a string', { batchItemFailures: 'a' }],
    ['a string', 'done'],
    ['a number', 0],
    ['a boolean', false],
    ['an array', [{ itemIdentifier: 'a' }]],
  ])('fails as a whole for %s', (_, payload) => {
    expect(judge(payload)).toEqual({ acknowledged: [], failed: messageIds, reason: expect.any(String) })
  })

  it.each([
    ['one id', failures('b'), ['b']],
    ['several ids, in the order of the batch', failures('c', 'a'), ['a', 'c']],
    ['the same id twice', failures('b', 'b'), ['b']],
    ['every id', failures('a', 'b', 'c'), messageIds],
    ['unknown keys besides the known ones', { ...failures('b'), more: 1 }, ['b']],
  ])('fails in part for %s', (_, payload, failed) => {
    const acknowledged = messageIds.filter((id) => !failed.includes(id))
    expect(judge(payload)).toEqual({ acknowledged, failed })
  })

  it.each([
    ['a thrown error', { errorType: 'TypeError', errorMessage: 'no' }],
    ['a timeout', { errorType: 'Sandbox.Timedout', errorMessage: 'Task timed out after 3.00 seconds' }],
  ])('fails as a whole after %s, whether failures are reported or not', (_, error) => {
    const result: InvocationResult = { kind: 'failed', durationMs: 1, ...error }
    for (const reportBatchItemFailures of [true, false]) {
      expect(judgeResponse({ messageIds, result, reportBatchItemFailures })).toEqual({
        acknowledged: [],
        failed: messageIds,
        reason: `${error.errorType}: ${error.errorMessage}`,
      })
    }
  })

  it.each([
    ['reported failures', failures('a')],
    ['a malformed answer', 'done'],
  ])('is acknowledged as a whole despite %s when failures are not to be reported', (_, payload) => {
    const judgement = judgeResponse({ messageIds, result: answered(payload), reportBatchItemFailures: false })
    expect(judgement).toEqual({ acknowledged: messageIds, failed: [] })
  })
})
