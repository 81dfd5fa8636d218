import { PassThrough, Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { confirmCount } from '../../cli/confirm.ts'
import { UsageError } from '../../cli/terminal.ts'

const COUNT = { count: 5000, what: 'members to reset' }

/** Asks at a terminal at which somebody types `typed`. Resolves to what was asked, or rejects. */
async function askAt(typed: string | undefined, { signal }: { signal?: AbortSignal } = {}) {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()]
  const confirmed = confirmCount(
    { ...COUNT, given: undefined, ...(signal && { signal }) },
    { stdin: Object.assign(stdin, { isTTY: true }), stdout, stderr: Object.assign(stderr, { isTTY: true }) },
  )
  if (typed === undefined) stdin.end()
  else stdin.write(typed)
  await confirmed
  return text(stderr.end())
}

describe('a number to confirm', () => {
  it.each(['5000\n', ' 5,000 \n'])('is confirmed by typing it: %j', async (typed) => {
    expect(await askAt(typed)).toContain('5000 members to reset. To confirm, type the number: ')
  })

  it.each(['y\n', '\n', '500\n', '50000\n', '-5000\n', '\u0003', undefined])(
    'is not confirmed by anything else: %j',
    async (typed) => {
      await expect(askAt(typed)).rejects.toThrow(
        new UsageError('nothing was done: that is not the number of members to reset, 5000'),
      )
    },
  )

  it('is not asked for any longer when the command is interrupted', async () => {
    const stopping = new AbortController()
    const asked = askAt('50', { signal: stopping.signal })
    stopping.abort()
    await expect(asked).rejects.toThrow(UsageError)
  })

  it('is confirmed by --confirm without asking, and by no other number', async () => {
    const terminal = { stdin: Readable.from([]), stdout: new PassThrough(), stderr: new PassThrough() }
    await confirmCount({ ...COUNT, given: 5000 }, terminal)
    await expect(confirmCount({ ...COUNT, given: 4999 }, terminal)).rejects.toThrow(UsageError)
    expect(terminal.stderr.read()).toBeNull()
  })

  it('must be given where nobody can type it', async () => {
    const terminal = {
      stdin: Readable.from(['5000\n']),
      stdout: new PassThrough(),
      stderr: new PassThrough(),
    }
    await expect(confirmCount({ ...COUNT, given: undefined }, terminal)).rejects.toThrow(
      'nothing was done: confirm 5000 members to reset with --confirm 5000',
    )
  })
})
