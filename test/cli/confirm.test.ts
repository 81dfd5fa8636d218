import { PassThrough, Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { confirmCount, parseCount } from '../../cli/confirm.ts'
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

  it.each(['y\n', '\n', '500\n', '50000\n', '-5000\n', '5e3\n', undefined])(
    'is not confirmed by anything else: %j',
    async (typed) => {
      await expect(askAt(typed)).rejects.toThrow(
        new UsageError('nothing was done: 5000 members to reset were not confirmed'),
      )
    },
  )

  it('leaves Ctrl-C to the terminal, which makes it a signal', async () => {
    const setRawMode = () => expect.unreachable()
    const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode })
    const output = Object.assign(new PassThrough(), { isTTY: true })
    stdin.write('5000\n')
    await confirmCount({ ...COUNT, given: undefined }, { stdin, stdout: output, stderr: output })
  })

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

  it.each([
    ['5000', 5000],
    ['5,000', 5000],
    ['5.5', undefined],
    ['0', undefined],
    ['', undefined],
  ])('is read from %j as %j', (typed, count) => {
    expect(parseCount(typed)).toBe(count)
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
