import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { completion } from '../../cli/completion.ts'
import { runCommand } from './run-command.ts'

const execute = promisify(execFile)
const scriptFor = async (shell: string) => (await runCommand(completion, [shell])).stdout

it('makes bash complete commands, flags, and what flags and arguments take', async () => {
  const complete = (...words: string[]) => `
    COMP_WORDS=(breach-reset ${words.join(' ')}) COMP_CWORD=${words.length}
    _breach-reset_yargs_completions; echo "\${COMPREPLY[*]}"`
  const script = [
    await scriptFor('bash'),
    complete('st'),
    complete('pause', '--st'),
    complete('pause', '--function', "''"),
  ].join('\n')
  // The shell that a user logs in with may be another than the one that asks.
  const { stdout, stderr } = await execute('bash', ['-c', script], {
    env: { ...process.env, SHELL: '/bin/zsh' },
  })
  expect([stderr, ...stdout.trim().split('\n')]).toEqual([
    '',
    'start status',
    '--stage --stack',
    'fan-out require-reset end-sessions',
  ])
})

it('makes zsh ask for the same with descriptions', async () => {
  const script = await scriptFor('zsh')
  expect(script).toMatch(/^#compdef breach-reset\n/)
  const [call = ''] = /SHELL=zsh .* --get-yargs-completions/.exec(script) ?? []
  const { stdout } = await execute('bash', ['-c', `${call} breach-reset pause --st`])
  expect(stdout).toMatch(/^--stage:the deployed stage: .*\n--stack:/)
})
