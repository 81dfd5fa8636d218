import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { vi } from 'vitest'
import { report } from '../../cli/report.ts'
import { status } from '../../cli/status.ts'
import { commandVariables } from '../../infra/local/access.ts'
import type { LocalSystem } from '../../infra/local/local-system.ts'
import { FINISHED, REFUSED } from '../../lib/contract/outcome-event.ts'
import { breachEvent } from '../fixtures/breach-event.ts'
import { MEMBER } from '../leaks/planted.ts'
import { captureOutput, type OutputName, type Outputs } from './outputs.ts'

const MAX_EVENTS = 5

/** Adds what `status` and `report` say about the events of a run on the local system, the names put in as well. */
export async function sweepProgress(system: LocalSystem, outputs: Outputs): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'canary-report-'))
  for (const [name, value] of Object.entries(commandVariables(system))) vi.stubEnv(name, value)
  const target = ['--table', system.progress.table]
  const received = system.bus.events().map(({ detail }) => detail)
  const finished = received
    .flatMap(({ type, data }) =>
      type === FINISHED && data.row_count === 1 && !data.canary ? [data.event] : [],
    )
    .slice(0, MAX_EVENTS)
  const refused = received
    .flatMap(({ type, data }) => (type === REFUSED && data.event ? [data.event] : []))
    .slice(0, MAX_EVENTS)
  try {
    await say('status', status, ['--canaries', '--limit', '999'])
    await say('status', status, ['--canaries', '--limit', '999', '--json'])
    for (const { source, id } of [...finished, ...refused]) {
      const about = [id, '--source', source]
      for (const flags of [[], ['--json']]) await say('status', status, [...about, ...flags])
      for (const flags of [['--json'], ['--csv']]) await say('report', report, [...about, ...flags])
      await sayInFile('report', about)
    }
    for (const { source, id, time } of finished) {
      const people = path.join(folder, 'people.json')
      const members = [{ email_address: MEMBER }]
      await writeFile(people, JSON.stringify(breachEvent({ source, id, time, data: { members } })))
      const about = [id, '--source', source, '--people', people]
      for (const flags of [[], ['--json'], ['--csv']])
        await sayInFile('report with people', [...about, ...flags])
    }
  } finally {
    vi.unstubAllEnvs()
    await rm(folder, { recursive: true })
  }

  async function say(name: OutputName, command: Command, args: readonly string[]): Promise<void> {
    const { stdout, stderr } = await captureOutput(() => command([...args, ...target]))
    if (stdout === '') throw new Error(`${name} ${args.join(' ')} says nothing: ${stderr}`)
    outputs.add(name, stdout + stderr)
  }

  async function sayInFile(name: OutputName, args: readonly string[]): Promise<void> {
    const file = path.join(folder, 'report')
    await say('report', report, [...args, '--out', file])
    outputs.add(name, await readFile(file, 'utf8'))
  }
}

type Command = (args: readonly string[]) => Promise<number>
