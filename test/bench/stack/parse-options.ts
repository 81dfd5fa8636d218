import { parseArgs } from 'node:util'
import { explainArguments } from '../../../cli/terminal.ts'
import { type StageName, stages } from '../../fixtures/stages.ts'
import { PARTS, type StackScale } from './measure-stack.ts'

export type StackOptions = StackScale & { json: boolean }

const STAGE_NAMES = Object.keys(stages) as StageName[]

/** Reads the command line. Returns a sentence when it can't be used. */
export function parseOptions(args: readonly string[]): StackOptions | { wrong: string } {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        json: { type: 'boolean', default: false },
        stage: { type: 'string' },
        latency: { type: 'string' },
        part: { type: 'string' },
      },
    })
    const { json, stage, latency, part } = values
    const stageName = STAGE_NAMES.find((name) => name === stage)
    if (stage !== undefined && !stageName)
      return { wrong: `--stage: must be one of ${STAGE_NAMES.join(', ')}` }
    if (latency !== undefined && !/^\d{1,5}$/.test(latency))
      return { wrong: '--latency: must be a whole number of milliseconds' }
    const only = PARTS.find((name) => name === part)
    if (part !== undefined && !only) return { wrong: `--part: must be one of ${PARTS.join(', ')}` }
    return {
      json,
      stageNames: stageName ? [stageName] : ['prod', 'local'],
      latenciesMs: latency === undefined ? [50, 200] : [Number(latency)],
      parts: only ? [only] : PARTS,
    }
  } catch (error) {
    return { wrong: explainArguments(error) }
  }
}
