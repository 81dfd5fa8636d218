import { describe, expect, it } from 'vitest'
import { commands } from '../../../cli/commands.ts'
import { plantedWith, SECRETS } from '../../leaks/planted.ts'
import { leaksIn, missedLeaks, unusedAllowances } from '../allowed-places.ts'
import { COMMAND_ROWS } from '../command-rows.ts'
import { createOutputs } from '../outputs.ts'
import { sweepCommandLine } from '../sweep-command-line.ts'

const outputs = createOutputs('command line')
const planted = plantedWith(SECRETS)

describe('e-mails, passwords and secrets, typed, in event files, on the queues and in what AWS answers', () => {
  it('go through every command, and each prints what it should', async () => {
    expect(await sweepCommandLine(outputs)).toEqual([])
  }, 240_000)

  it('leave out no command', () => {
    const swept = COMMAND_ROWS.map(({ typed }) => typed[0])
    expect(Object.keys(commands).filter((name) => !swept.includes(name))).toEqual([])
  })

  it('come out only where they may', () => {
    expect(leaksIn(outputs, planted)).toEqual([])
    expect(unusedAllowances(outputs, planted)).toEqual([])
  })

  it('are found in each place and each encoding when they leak', () => {
    expect(outputs.empty()).toEqual([])
    expect(missedLeaks(outputs, planted)).toEqual([])
  })
})
