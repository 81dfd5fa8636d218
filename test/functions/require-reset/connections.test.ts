import { expect, it, onTestFinished } from 'vitest'
import { createRequireReset } from '../../../lib/stytch/require-reset.ts'
import { createResetWorld, resetEvent } from '../../fakes/create-reset-world.ts'
import { startHttp } from '../../fakes/start-http.ts'
import { fullResetResponse } from '../../fixtures/full-reset-response.ts'

it('makes no call on a connection that has answered about somebody else', async () => {
  const ports: (number | undefined)[] = []
  const server = await startHttp((response, { socket }) => {
    ports.push(socket.remotePort)
    response.end(JSON.stringify(fullResetResponse({ email: 'bob@x.example' })))
  })
  onTestFinished(async () => void (await server.stop()))
  const requireReset = createRequireReset({ timeoutMs: 2000, baseUrl: server.url })
  const world = createResetWorld({ effects: { requireReset } })
  await world.handle([resetEvent(['bob@x.example'])])
  await world.handle([resetEvent(['ada@x.example'])])
  await world.handle([resetEvent(['bob@x.example'], { fence: '2026-11-20T12:30:00.000Z' })])
  expect(world.deadLetters().map(({ attributes }) => attributes?.['failure-code'])).toEqual([
    'response_mismatch',
  ])
  expect(ports[1]).toBe(ports[0])
  expect(ports[2]).not.toBe(ports[1])
})
