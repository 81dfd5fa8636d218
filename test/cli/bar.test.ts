import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { afterEach, expect, it, vi } from 'vitest'
import { createBar } from '../../cli/bar.ts'

const [HIDE_CURSOR, SHOW_CURSOR] = ['\u001B[?25l', '\u001B[?25h']
const terminal = { isTTY: true, columns: 80 }

afterEach(() => void vi.unstubAllEnvs())

/** What a bar writes until Ctrl-C is pressed. */
function draw(about: object, TERM: string): Promise<string> {
  vi.stubEnv('TERM', TERM)
  const stream = Object.assign(new PassThrough(), about)
  const bar = createBar(stream, { format: '{bar} {value}/{total}  {pace}', barsize: 4, everyMs: 10_000 })
  bar.start(4, 1, { pace: '' })
  process.listeners('SIGINT').at(-1)?.('SIGINT')
  bar.update(2)
  bar.stop()
  return text(stream.end())
}

it('is drawn in place in a terminal, and Ctrl-C shows the cursor again', async () => {
  const drawn = await draw(terminal, 'xterm')
  expect(drawn).toContain(HIDE_CURSOR)
  expect(drawn.lastIndexOf(SHOW_CURSOR)).toBeGreaterThan(drawn.lastIndexOf(HIDE_CURSOR))
  expect(drawn).toMatch(/\n$/)
})

it.each([
  ['without a terminal', {}, 'xterm'],
  ['in a terminal that can only print', terminal, 'dumb'],
])('is lines %s, with nothing behind them or between', async (_, about, TERM) => {
  expect(await draw(about, TERM)).toMatch(/^(=--- 1\/4\n)+$/)
})
