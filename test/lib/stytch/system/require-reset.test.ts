import type http from 'node:http'
import net from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createRequireReset } from '../../../../lib/stytch/require-reset.ts'
import { type Answer, startHttp } from '../../../fakes/start-http.ts'
import { fullResetResponse } from '../../../fixtures/full-reset-response.ts'

const CREDENTIALS = { project_id: 'project-test-1', secret: 'secret-test-1=' }
const MEMBER = { email_address: 'ada@customer.example' }

let stop: (() => Promise<unknown>) | undefined
afterEach(async () => {
  await stop?.()
  stop = undefined
})

async function call(
  answer: Answer,
  { member = MEMBER as Parameters<ReturnType<typeof createRequireReset>>[0], timeoutMs = 2000 } = {},
) {
  const server = await startHttp(answer)
  stop = server.stop
  const requireReset = createRequireReset({ timeoutMs, baseUrl: server.url })
  return { answer: await requireReset(member, CREDENTIALS), requests: server.requests, requireReset }
}

const json =
  (body: unknown, status = 200) =>
  (response: http.ServerResponse) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))

describe('requireReset', () => {
  it('posts exactly what the endpoint defines, with Basic credentials and without session headers', async () => {
    const member = {
      email_address: 'ada@customer.example',
      organization_id: 'acme',
      member_id: 'm-1',
      owed: {},
    }
    const { requests } = await call(json(fullResetResponse()), { member })
    const { authorization, host: _, ...headers } = requests[0]?.headers ?? {}
    expect(requests[0]).toMatchObject({ method: 'POST', url: '/v1/b2b/passwords/email/require_reset' })
    expect(JSON.parse(requests[0]?.body ?? '')).toEqual({
      email_address: 'ada@customer.example',
      organization_id: 'acme',
      member_id: 'm-1',
    })
    expect(authorization).toBe(`Basic ${Buffer.from('project-test-1:secret-test-1=').toString('base64')}`)
    expect(Object.keys(headers).sort()).toEqual(['connection', 'content-length', 'content-type'])
  })

  it('sends only the e-mail when the event named nothing else', async () => {
    const { requests } = await call(json(fullResetResponse()))
    expect(requests[0]?.body).toBe('{"email_address":"ada@customer.example"}')
  })

  it('returns status, body and Retry-After as they came', async () => {
    const { answer } = await call((response) =>
      response.writeHead(429, { 'retry-after': '7' }).end('slow down'),
    )
    expect(answer).toMatchObject({ kind: 'answered', status: 429, body: 'slow down', retryAfter: '7' })
  })

  it('does not follow redirects', async () => {
    const { answer, requests } = await call((response) =>
      response.writeHead(302, { location: '/elsewhere' }).end(),
    )
    expect(answer).toMatchObject({ kind: 'answered', status: 302 })
    expect(requests).toHaveLength(1)
  })

  it('gives up on a body over 1 MiB', async () => {
    const { answer } = await call((response) => response.writeHead(200).end('x'.repeat(1_048_577)))
    expect(answer).toMatchObject({ kind: 'answered', status: 200, body: undefined, retryAfter: undefined })
  })

  it('knows the status of an answer whose body breaks off', async () => {
    const { answer } = await call((response) => {
      response.writeHead(200, { 'content-length': 500 }).write('{"request_id"')
      setImmediate(() => response.destroy())
    })
    expect(answer).toMatchObject({ kind: 'answered', status: 200, body: undefined, retryAfter: undefined })
  })

  it('knows the status of an answer whose body never ends', async () => {
    const { answer } = await call((response) => void response.writeHead(200).write('{'), { timeoutMs: 100 })
    expect(answer).toMatchObject({ kind: 'answered', status: 200, body: undefined, retryAfter: undefined })
  })

  it('does not wait for ever when a proxy switches protocols', async () => {
    const { answer } = await call((_, request) => {
      request.socket.end(
        'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: nonsense\r\n\r\n',
      )
    })
    expect(answer).toMatchObject({ kind: 'answered', status: 101 })
  })

  it('calls a call without an answer unanswered', async () => {
    expect((await call(() => {}, { timeoutMs: 100 })).answer).toEqual({ kind: 'unanswered', code: 'timeout' })
  })

  it('calls a dropped connection unanswered', async () => {
    const { answer } = await call((_, request) => void request.socket.resetAndDestroy())
    expect(answer).toEqual({ kind: 'unanswered', code: 'connection_lost' })
  })

  it('calls what is not HTTP unanswered', async () => {
    const server = net.createServer((socket) => socket.write('SSH-2.0-OpenSSH\r\n', () => socket.destroy()))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    stop = () => new Promise((resolve) => server.close(resolve))
    const { port } = server.address() as net.AddressInfo
    const requireReset = createRequireReset({ timeoutMs: 1000, baseUrl: `http://127.0.0.1:${port}` })
    expect(await requireReset(MEMBER, CREDENTIALS)).toEqual({ kind: 'unanswered', code: 'connection_lost' })
  })

  it('knows that nothing happened when nobody listens', async () => {
    const server = await startHttp(json(fullResetResponse()))
    await server.stop()
    const requireReset = createRequireReset({ timeoutMs: 1000, baseUrl: server.url })
    expect(await requireReset(MEMBER, CREDENTIALS)).toEqual({ kind: 'unreachable', code: 'unreachable' })
  })

  it('leaves no timer behind when it is answered', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
    const { requireReset } = await call(json(fullResetResponse()))
    const before = timers()
    await Promise.all(Array.from({ length: 10 }, () => requireReset(MEMBER, CREDENTIALS)))
    await vi.waitUntil(() => timers() <= before)
  })

  it('reuses its connection', async () => {
    const ports = new Set<number | undefined>()
    const { requireReset } = await call((response, { socket }) => {
      ports.add(socket.remotePort)
      json(fullResetResponse())(response)
    })
    await requireReset(MEMBER, CREDENTIALS)
    await requireReset(MEMBER, CREDENTIALS)
    expect(ports.size).toBe(1)
  })
})
