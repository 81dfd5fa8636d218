import { inspect } from 'node:util'
import middy from '@middy/core'
import { expect, it } from 'vitest'
import { errorBoundary } from '../../../lib/observability/powertools.ts'
import { createRecorder } from '../../fakes/create-recorder.ts'

it('lets the runtime see that the invocation failed, and nothing of what the error said', async () => {
  const recorder = createRecorder()
  const original = new TypeError('no inbox for canary@x.example', { cause: new Error('canary@x.example') })
  const handler = middy(async () => {
    throw original
  }).use(errorBoundary(recorder.observe))
  const seen: unknown = await handler({}, {} as never).catch((error: unknown) => error)
  expect(seen).toBeInstanceOf(Error)
  expect((seen as Error).message).toBe('TypeError')
  expect(inspect(seen, { depth: 9, showHidden: true })).not.toContain('canary')
  expect(recorder.failures).toEqual([{ message: 'invocation failed', error: original }])
})
