import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Answer } from '../../../../lib/stytch/ask-stytch.ts'
import { createRequireReset, judgeReset } from '../../../../lib/stytch/require-reset.ts'
import { type RawAnswer, rawAnswer, startRawServer } from '../../../fuzz/http-answers.ts'
import { MEMBER } from '../../../leaks/planted.ts'

const RUNS = 200
const TIMEOUT_MS = 100
/** Far more than a busy machine needs: a call that takes longer never settles. */
const NEVER_MS = 30_000
const WAITING = { timeout: NEVER_MS, interval: 1 }
/** As many bytes as arrive in one piece. */
const AT_ONCE = 16_000

const CREDENTIALS = { project_id: 'project-test-1', secret: 's' }
const REQUEST = { email_address: MEMBER }
const KINDS = ['answered', 'unanswered']

const script: { current: RawAnswer } = { current: { pieces: [], end: 'end' } }
const escaped: unknown[] = []
const noteEscape = (error: unknown) => void escaped.push(error)
let server: Awaited<ReturnType<typeof startRawServer>>

beforeAll(async () => {
  process.on('uncaughtException', noteEscape).on('unhandledRejection', noteEscape)
  server = await startRawServer(script)
})
afterAll(async () => {
  process.off('uncaughtException', noteEscape).off('unhandledRejection', noteEscape)
  await server.stop()
})
beforeEach(() => void escaped.splice(0))

const openSockets = () => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length

describe('requireReset, given any bytes', () => {
  it('settles, with an answer that can be judged, and lets no error escape', async () => {
    const requireReset = createRequireReset({ timeoutMs: TIMEOUT_MS, baseUrl: server.url })
    await fc.assert(
      fc.asyncProperty(rawAnswer, async (answer) => {
        script.current = answer
        const got: Answer = await requireReset(REQUEST, CREDENTIALS)
        expect(KINDS).toContain(got.kind)
        judgeReset(got, REQUEST, 0)
        await new Promise((resolve) => setImmediate(resolve))
        expect(escaped).toEqual([])
      }),
      { numRuns: RUNS, timeout: NEVER_MS },
    )
  })

  it('keeps at most one connection, and none once the peer has closed it', async () => {
    const requireReset = createRequireReset({ timeoutMs: TIMEOUT_MS, baseUrl: server.url })
    const ofOtherTests = openSockets()
    await fc.assert(
      fc.asyncProperty(fc.array(rawAnswer, { minLength: 1, maxLength: 3 }), async (given) => {
        for (const answer of given) {
          script.current = answer
          await requireReset(REQUEST, CREDENTIALS)
        }
        await vi.waitFor(() => expect(server.open.size).toBeLessThan(2), WAITING)
        server.closeAll()
        await vi.waitFor(() => expect(openSockets()).toBeLessThanOrEqual(ofOtherTests), WAITING)
      }),
      { numRuns: RUNS / 5 },
    )
  })

  it('takes no bytes that came with an earlier answer for the answer to a later call', async () => {
    const requireReset = createRequireReset({ timeoutMs: TIMEOUT_MS, baseUrl: server.url })
    const own = 'HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nown'
    await fc.assert(
      fc.asyncProperty(rawAnswer, async ({ pieces }) => {
        script.current = { pieces: [pieces.join('').slice(0, AT_ONCE)], end: 'keep open' }
        await requireReset(REQUEST, CREDENTIALS)
        script.current = { pieces: [own], end: 'keep open' }
        const later = await requireReset(REQUEST, CREDENTIALS)
        if (later.kind === 'answered') expect(later.body).toBe('own')
      }),
      { numRuns: RUNS / 5 },
    )
  })
})
