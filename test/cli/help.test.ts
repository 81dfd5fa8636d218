import { tmpdir } from 'node:os'
import { describe, expect, it } from 'vitest'
import type { Command } from '../../cli/command.ts'
import { commands } from '../../cli/commands.ts'
import { helpPage } from '../../cli/help.ts'
import manifest from '../../package.json' with { type: 'json' }
import { benchBy } from '../bench/options.ts'
import { chaos } from '../chaos/main.ts'
import { drill } from '../drill/main.ts'
import { simulation } from '../simulation/main.ts'
import { runCli } from './run-cli.ts'
import { runCommand } from './run-command.ts'

const loaded = Object.entries(commands).map(
  async ([name, { load }]): Promise<[string, Command]> => [name, await load()],
)
const ALL: [string, Command][] = [
  ...(await Promise.all(loaded)),
  ['bench', benchBy(async () => 0)],
  ...Object.entries({ chaos, drill, simulation }),
]

const longerThan = (columns: number, text: string) => text.split('\n').filter((line) => line.length > columns)

describe.each(ALL)('the help of %s', (_name, command) => {
  it('fits in 80 columns, and in 60, with no word broken', async () => {
    const { code, stdout, stderr } = await runCommand(command, ['--nonsense', '--help'])
    expect([code, stderr, longerThan(80, stdout)]).toEqual([0, '', []])
    expect(stdout).not.toMatch(/ $/m)
    expect(longerThan(60, helpPage(command.declaration, 60))).toEqual([])
    const { call, about, flags, positionals = [], exitCodes } = command.declaration
    const words = wordsOf(stdout)
    for (const text of [
      ...[call, ...about, ...Object.values(exitCodes)],
      ...[...Object.values(flags), ...positionals].map(({ about }) => about),
    ]) {
      expect(text).toMatch(/\S/)
      expect(words).toContain(wordsOf(text))
    }
    for (const name of Object.keys(flags)) expect(words).toMatch(new RegExp(`(^| )--${name} `))
  })

  it('has examples that the command takes', () => {
    const { call, examples } = command.declaration
    expect(examples).not.toEqual([])
    for (const example of examples) {
      const [, typed] = example.split(
        call === 'breach-reset start' ? /npm start(?: -- )?/ : call.replace(/ --$/, ''),
      )
      const args = (typed ?? '--missing')
        .replace(/^ -- /, '')
        .split(/ [|>] |\)/)[0]
        ?.trim()
      command.check(args?.match(/'[^']*'|\S+/g)?.map((word) => word.replaceAll("'", '')) ?? [])
    }
  })
})

describe('breach-reset', () => {
  it.each([['--help'], ['help help']])('lists every command with %s', async (typed) => {
    const { code, stdout } = await runCli(typed.split(' '), tmpdir())
    expect([code, longerThan(80, stdout)]).toEqual([0, []])
    for (const name of Object.keys(commands)) expect(stdout).toMatch(new RegExp(`^ {2}${name} +\\w`, 'm'))
  })

  it('explains a command with help', async () => {
    const { code, stdout } = await runCli(['help', 'pause'], tmpdir())
    expect([code, stdout.split('\n')[0]]).toEqual([
      0,
      'usage: breach-reset pause (--stage NAME | --stack NAME) [--function NAME ...]',
    ])
  })

  it('prints its version', async () => {
    const printed = await Promise.all(['--version', '-v', '-V'].map((typed) => runCli([typed], tmpdir())))
    for (const { code, stdout } of printed) expect([code, stdout]).toEqual([0, `${manifest.version}\n`])
  })
})

function wordsOf(text: string): string {
  return text.replaceAll(/\s+/g, ' ')
}
