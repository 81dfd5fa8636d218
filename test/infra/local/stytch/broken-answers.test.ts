import { once } from 'node:events'
import http from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it, onTestFinished, vi } from 'vitest'
import { startProject } from './start-project.ts'

/** A call whose answer is read by hand. What is not read keeps the connection open, also when the other end has closed it. */
function open(url: string, email: string): http.ClientRequest {
  const auth = 'project-test-4b3e2a10-0000-4000-8000-000000000001:secret-test-first'
  const path = `${url}/v1/b2b/passwords/email/require_reset`
  const request = http.request(path, { method: 'POST', auth, agent: false })
  request.on('error', () => {})
  onTestFinished(() => void request.destroy())
  request.end(JSON.stringify({ email_address: email }))
  return request
}

it.each([
  [false, 'none'],
  [true, 'deleted'],
])('never answers a hung call (afterEffect %s)', async (afterEffect, effect) => {
  const { stytch, addPerson, requireReset } = await startProject()
  addPerson('ann@x.test')
  stytch.fault({ kind: 'hang', times: 1, afterEffect })
  const hung = requireReset('ann@x.test')
  await vi.waitFor(() => expect(stytch.calls()).toMatchObject([{ status: 0, effect, fault: 'hang' }]))
  expect((await requireReset('eve@x.test')).status).toBe(404)

  const refused = expect(hung).rejects.toMatchObject({ code: 'ECONNRESET' })
  await stytch.stop()
  await refused
})

it('does not reset for a call that still waits when it stops', async () => {
  const { stytch, addPerson, requireReset } = await startProject()
  addPerson('ann@x.test')
  stytch.fault({ kind: 'latency', ms: 50 })
  const waiting = expect(requireReset('ann@x.test')).rejects.toThrow()
  await vi.waitFor(() => expect(stytch.calls()).toMatchObject([{ fault: 'latency' }]), { interval: 1 })
  await stytch.stop()
  await waiting
  await sleep(100)
  expect(stytch.calls()).toMatchObject([{ status: 0, effect: 'none' }])
})

it('resets the connection instead of answering', async () => {
  const { stytch, requireReset } = await startProject()
  stytch.fault({ kind: 'reset_connection' })
  await expect(requireReset('ann@x.test')).rejects.toMatchObject({ code: 'ECONNRESET' })
  expect(stytch.calls()).toMatchObject([{ status: 0, fault: 'reset_connection' }])
})

it('resets new connections before it has read anything', async () => {
  const { stytch, requireReset } = await startProject()
  stytch.fault({ kind: 'reset_on_connect', times: 1 })
  await expect(requireReset('ann@x.test')).rejects.toMatchObject({ code: 'ECONNRESET' })
  expect(stytch.calls()).toEqual([])
  expect((await requireReset('ann@x.test')).status).toBe(404)
})

it('stops in the middle of the true answer', async () => {
  const { stytch, addPerson } = await startProject()
  addPerson('ann@x.test')
  stytch.fault({ kind: 'truncated_body' })

  const [response] = (await once(open(stytch.url, 'ann@x.test'), 'response')) as [http.IncomingMessage]
  let bytes = 0
  response.on('data', (chunk) => {
    bytes += chunk.length
  })
  const [error] = await once(response, 'error')

  expect(error).toMatchObject({ code: 'ECONNRESET' })
  expect(response.statusCode).toBe(200)
  expect(bytes).toBe(Math.floor(Number(response.headers['content-length']) / 2))
  expect(stytch.password('ann@x.test').state).toBe('usable')
})

it('sends an endless body until the client closes the connection', async () => {
  const { stytch } = await startProject()
  stytch.fault({ kind: 'huge_body' })
  const request = open(stytch.url, 'ann@x.test')
  const [response] = (await once(request, 'response')) as [http.IncomingMessage]
  let bytes = 0
  for await (const chunk of response) {
    bytes += chunk.length
    if (bytes > 3_000_000) break
  }
  expect(bytes).toBeGreaterThan(3_000_000)
})

it('sends the true answer slowly', async () => {
  const { stytch, addPerson, requireReset } = await startProject({ settings: { answer: 'minimal' } })
  addPerson('ann@x.test')
  stytch.fault({ kind: 'slow_body', bytesPerSecond: 1000 })
  const started = performance.now()
  const reply = await requireReset('ann@x.test')
  expect(JSON.parse(reply.body)).toMatchObject({ status_code: 200 })
  expect(performance.now() - started).toBeGreaterThan(reply.body.length * 0.9)
  expect(stytch.calls()).toMatchObject([{ status: 200, effect: 'deleted', fault: 'slow_body' }])
})

it('is stopped in the middle of a slow and of an endless answer', async () => {
  const { stytch } = await startProject()
  stytch.fault({ kind: 'slow_body', bytesPerSecond: 1, times: 1 })
  stytch.fault({ kind: 'huge_body', times: 1 })
  for (const email of ['ann@x.test', 'bob@x.test']) {
    const [response] = await once(open(stytch.url, email), 'response')
    response.on('error', () => {})
  }
  await stytch.stop()
  await expect(fetch(stytch.url)).rejects.toThrow()
})

it('does the work of a call whose client has gone, and records that nothing was answered', async () => {
  const { stytch, addPerson } = await startProject()
  addPerson('ann@x.test')
  stytch.fault({ kind: 'latency', ms: 600 })
  const request = open(stytch.url, 'ann@x.test')
  await vi.waitFor(() => expect(stytch.calls()).toMatchObject([{ fault: 'latency' }]), { interval: 1 })
  request.destroy()
  await vi.waitFor(() => expect(stytch.calls()).toMatchObject([{ status: 0, effect: 'deleted' }]))
})
