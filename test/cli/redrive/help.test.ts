import { expect, it } from 'vitest'
import { FLAGS } from '../../../cli/redrive/options.ts'
import { redrive } from '../../../cli/redrive.ts'
import { runCommand } from '../run-command.ts'

it('explains every flag in lines that fit a terminal', async () => {
  const { stdout } = await runCommand(redrive, ['--help'])
  expect(Object.keys(FLAGS).filter((name) => !stdout.includes(`--${name}`))).toEqual([])
  expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([])
})
