import { tmpdir } from 'node:os'
import { describe, expect, it, onTestFinished } from 'vitest'
import { pause, resume } from '../../cli/pause.ts'
import { startCloudFormation } from '../../infra/local/cloudformation.ts'
import { startLambdaApi } from '../../infra/local/lambda/lambda-api.ts'
import { createMapping } from './pause/create-mapping.ts'
import { runCli } from './run-cli.ts'
import { runCommand } from './run-command.ts'

const OUTPUTS = { FanOutMapping: 'a', RequireResetMapping: 'b', EndSessionsMapping: 'c' }

/** A stack `prod` with three enabled mappings. `denied`: an action that AWS denies. `onCall`: called with each action. */
async function prepare({
  outputs = OUTPUTS as Record<string, string>,
  denied = '',
  isQuick = true,
  onCall = (_action: string) => {},
} = {}) {
  const mappings = new Map(['a', 'b', 'c'].map((uuid) => [uuid, createMapping('Enabled', { isQuick })]))
  const cloudFormation = await startCloudFormation({ 'BreachReset-prod': outputs })
  const lambda = await startLambdaApi(mappings, {
    async intercept({ action }) {
      onCall(action)
      return action === denied ? { status: 403, errorType: 'AccessDeniedException' } : 'pass'
    },
  })
  onTestFinished(async () => {
    await Promise.all([cloudFormation.stop(), lambda.stop()])
  })
  const environment = {
    AWS_ENDPOINT_URL_CLOUDFORMATION: cloudFormation.endpoint,
    AWS_ENDPOINT_URL_LAMBDA: lambda.endpoint,
    ...{ AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'any', AWS_SECRET_ACCESS_KEY: 'any' },
  }
  const run =
    (command: typeof pause) =>
    (...args: string[]) =>
      runCommand(command, ['--stage', 'prod', ...args], { environment })
  return {
    ...{ environment, pause: run(pause), resume: run(resume) },
    states: () => [...mappings.values()].map(({ current }) => current),
  }
}

describe('breach-reset pause and resume', () => {
  it('switch all functions, and say how to go on', async () => {
    const { states, ...stage } = await prepare({ outputs: { ...OUTPUTS, FunctionTimeoutSeconds: '60' } })
    const paused = await stage.pause()
    expect(paused).toMatchObject({ code: 0, stderr: '' })
    expect(paused.stdout).toContain('paused: fan-out, require-reset, end-sessions\n')
    expect(paused.stdout).toContain('within 60 s')
    expect(paused.stdout).toContain('npx --no breach-reset resume --stage prod\n')
    expect(states()).toEqual(['Disabled', 'Disabled', 'Disabled'])

    const resumed = { code: 0, stdout: 'resumed: fan-out, require-reset, end-sessions\n', stderr: '' }
    expect(await stage.resume()).toEqual(resumed)
    expect(states()).toEqual(['Enabled', 'Enabled', 'Enabled'])
  })

  it('switch only the functions that are named, as an object with --json', async () => {
    const { states, ...stage } = await prepare()
    const { code, stdout } = await stage.pause('--function', 'require-reset', '--json')
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toEqual({ functions: [{ function: 'require-reset', state: 'Disabled' }] })
    expect(states()).toEqual(['Enabled', 'Disabled', 'Enabled'])
    const again = await stage.pause('--function', 'require-reset')
    expect(again.stdout).toContain('npx --no breach-reset resume --stage prod --function require-reset\n')
  })

  it('end with 1 and name the permission when AWS denies it', async () => {
    const stage = await prepare({ denied: 'UpdateEventSourceMapping' })
    expect(await stage.pause('--function', 'fan-out')).toEqual({
      ...{ code: 1, stdout: '' },
      stderr: 'fan-out: lambda:UpdateEventSourceMapping was denied: you need that permission\n',
    })
  })

  it('end with 2 when the stage has no such function, and with 1 when its stack has no such outputs', async () => {
    const { EndSessionsMapping, ...others } = OUTPUTS
    const { pause, states } = await prepare({ outputs: others })
    const { code, stderr } = await pause('--function', 'fan-out', '--function', 'end-sessions')
    expect([code, stderr]).toEqual([2, '--function: this stage has no end-sessions\n'])
    expect(states()).not.toContain('Disabled')

    const older = await prepare({ outputs: { Mode: 'enforce' } })
    const stderrOfOlder = expect.stringMatching(/^stack BreachReset-prod has no output FanOutMapping: /)
    expect(await older.pause()).toEqual({ code: 1, stdout: '', stderr: stderrOfOlder })
  })

  it('end with 130 when interrupted while AWS is not done', async () => {
    let interrupt = () => {}
    const onCall = (action: string) => action === 'UpdateEventSourceMapping' && interrupt()
    const { environment, states } = await prepare({ isQuick: false, onCall })
    const args = ['pause', '--stage', 'prod', '--function', 'fan-out']
    const ended = await runCli(args, tmpdir(), undefined, environment, (signal) => {
      interrupt = () => signal('SIGINT')
    })
    const stderr = 'fan-out: interrupted: what AWS was asked for goes on\nthe same command waits for it\n'
    expect(ended).toEqual({ code: 130, stdout: '', stderr })
    expect(states()).toEqual(['Disabling', 'Enabled', 'Enabled'])
  })
})
