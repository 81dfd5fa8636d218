import { expect, it, vi } from 'vitest'
import { smoke } from '../../cli/smoke.ts'
import { unlessAborted } from '../../cli/terminal.ts'
import { startHttp } from '../fakes/start-http.ts'
import { runCommand } from './run-command.ts'

it('smoke ends on Ctrl-C while AWS does not answer, on a line of its own, and says that nothing was sent', async () => {
  const aws = await startHttp(() => process.listeners('SIGINT').at(-1)?.('SIGINT'))
  const toTerminal = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  process.stderr.isTTY = true
  try {
    const environment = {
      ...{ AWS_ENDPOINT_URL: aws.url, AWS_REGION: 'us-east-1' },
      ...{ AWS_ACCESS_KEY_ID: 'operator', AWS_SECRET_ACCESS_KEY: 'operator' },
    }
    const ended = await runCommand(smoke, ['--stage', 'prod'], { environment })
    expect(ended).toEqual({ code: 130, stdout: '', stderr: 'interrupted: nothing was sent\n' })
    expect(toTerminal.mock.calls).toEqual([['\n']])
  } finally {
    process.stderr.isTTY = false
    toTerminal.mockRestore()
    await aws.stop()
  }
})

it('waits for nothing that begins after Ctrl-C', async () => {
  const interrupted = AbortSignal.abort(new Error('interrupted'))
  await expect(unlessAborted(new Promise(() => {}), interrupted)).rejects.toThrow('interrupted')
})
