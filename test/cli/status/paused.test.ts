import { describe, expect, it, onTestFinished } from 'vitest'
import { status as command } from '../../../cli/status.ts'
import { startCloudFormation } from '../../../infra/local/cloudformation.ts'
import { startLambdaApi } from '../../../infra/local/lambda/lambda-api.ts'
import { createMapping } from '../pause/create-mapping.ts'
import { accepted, EVENT, reset, settled } from '../progress/facts.ts'
import { openProgressTable } from '../progress/open-progress.ts'
import { runCommand } from '../run-command.ts'

const firstLineOf = (text: string) => text.split('\n')[0]

describe('breach-reset status of a stack', () => {
  async function prepareStack({ denied = false, outputs = {} as Record<string, string> }) {
    const { put, environment } = await openProgressTable()
    const at = Date.now()
    await put(accepted('0', { at }), settled('require-reset', [reset(0)], { at }))
    const mappings = new Map([
      ['a', createMapping('Enabled')],
      ['b', createMapping('Disabled')],
      ['c', createMapping('Disabling')],
      ['d', createMapping('Enabling')],
    ])
    const lambda = await startLambdaApi(mappings, {
      intercept: async () => (denied ? { status: 403, errorType: 'AccessDeniedException' } : 'pass'),
    })
    const stack = { ProgressTableName: 'Progress', ...outputs }
    const cloudFormation = await startCloudFormation({ 'BreachReset-prod': stack })
    onTestFinished(async () => {
      await Promise.all([lambda.stop(), cloudFormation.stop()])
    })
    return (...args: string[]) =>
      runCommand(command, [...args, '--stage', 'prod'], {
        environment: {
          ...environment,
          AWS_ENDPOINT_URL_CLOUDFORMATION: cloudFormation.endpoint,
          AWS_ENDPOINT_URL_LAMBDA: lambda.endpoint,
        },
      })
  }
  const outputs = { FanOutMapping: 'a', RequireResetMapping: 'b' }
  const LINE = 'paused: require-reset. Messages wait until:'

  it('says first what is paused, in the list, of an event, while it watches, and as an object', async () => {
    const status = await prepareStack({ outputs })
    expect(firstLineOf((await status()).stdout)).toBe(LINE)
    const watched = await status(EVENT.id, '--watch')
    expect([watched.code, firstLineOf(watched.stdout), firstLineOf(watched.stderr)]).toEqual([0, LINE, LINE])
    const { paused, deliveries } = JSON.parse((await status('--json')).stdout)
    expect([paused, deliveries]).toEqual([['require-reset'], [expect.anything()]])
  })

  it('says nothing of it when nothing is paused, or the stack names no mapping', async () => {
    for (const named of [{ FanOutMapping: 'a' }, {}])
      expect((await (await prepareStack({ outputs: named }))()).stdout).not.toContain('paused')
  })

  it('counts as paused what is being disabled, and not what is being enabled', async () => {
    const status = await prepareStack({
      outputs: { FanOutMapping: 'c', RequireResetMapping: 'd', EndSessionsMapping: 'b' },
    })
    expect(JSON.parse((await status('--json')).stdout).paused).toEqual(['fan-out', 'end-sessions'])
  })

  it('goes on without it when it is not allowed to see it', async () => {
    const status = await prepareStack({ outputs, denied: true })
    const reason = 'lambda:GetEventSourceMapping was denied: you need that permission'
    const { code, stdout } = await status(EVENT.id)
    expect([code, firstLineOf(stdout)]).toEqual([0, `paused: not known (${reason})`])
    expect(stdout).toContain('\nFINISHED: ')
    expect(JSON.parse((await status('--json')).stdout)).toMatchObject({ paused_unknown: reason })
  })
})
