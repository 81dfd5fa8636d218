import { afterEach, describe, expect, it } from 'vitest'
import { createAskStytch } from '../../../lib/stytch/ask-stytch.ts'
import { createRequireReset } from '../../../lib/stytch/require-reset.ts'
import { searchMembers } from '../../../lib/stytch/search.ts'
import { readSessions } from '../../../lib/stytch/sessions.ts'
import { type Answer, startHttp } from '../../fakes/start-http.ts'

const CREDENTIALS = { project_id: 'project-test-1', secret: 's' }
const MEMBER = { memberId: 'm&1', organizationId: 'o', emailAddress: 'ada@x.example' }
const MIB = 1_048_576

let stop: (() => Promise<unknown>) | undefined
afterEach(async () => {
  await stop?.()
  stop = undefined
})

async function serve(answer: Answer) {
  const server = await startHttp(answer)
  stop = server.stop
  const options = { timeoutMs: 5000, baseUrl: server.url }
  return { ask: createAskStytch(options), requireReset: createRequireReset(options), server }
}

describe('askStytch', () => {
  it('gets without a body, with the query of its path', async () => {
    const { ask, server } = await serve((response) => response.end('{}'))
    await ask(readSessions(MEMBER), CREDENTIALS)
    const [request] = server.requests
    expect(request).toMatchObject({
      method: 'GET',
      url: '/v1/b2b/sessions?organization_id=o&member_id=m%261',
      body: '',
    })
    expect(Object.keys(request?.headers ?? {}).sort()).toEqual(['authorization', 'connection', 'host'])
  })

  it('posts JSON whose length is in bytes', async () => {
    const { ask, server } = await serve((response) => response.end('{}'))
    await ask(searchMembers(['o'], ['юля@x.example'], undefined), CREDENTIALS)
    expect(JSON.parse(server.requests[0]?.body ?? '').query.operands[0].filter_value).toEqual([
      'юля@x.example',
    ])
  })

  it("returns Stytch's clock", async () => {
    const date = 'Fri, 20 Nov 2026 12:00:00 GMT'
    const { ask } = await serve((response) => response.writeHead(200, { date }).end('{}'))
    expect(await ask(readSessions(MEMBER), CREDENTIALS)).toMatchObject({ date })
  })

  it('takes a page of a search that is larger than any answer to a reset', async () => {
    const page = 'x'.repeat(MIB + 1)
    const { ask, requireReset } = await serve((response) => response.end(page))
    const search = searchMembers(['o'], ['ada@x.example'], undefined)
    expect(await ask(search, CREDENTIALS)).toMatchObject({ status: 200, body: page })
    expect(await ask(readSessions(MEMBER), CREDENTIALS)).toMatchObject({ status: 200, body: undefined })
    const member = { email_address: 'ada@x.example' }
    expect(await requireReset(member, CREDENTIALS)).toMatchObject({ status: 200, body: undefined })
  })

  it('gives up on a page over 8 MiB', async () => {
    const { ask } = await serve((response) => response.end('x'.repeat(8 * MIB + 1)))
    const search = searchMembers(['o'], ['ada@x.example'], undefined)
    expect(await ask(search, CREDENTIALS)).toMatchObject({ status: 200, body: undefined })
  })
})
