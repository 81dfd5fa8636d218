import { parseArgs } from 'node:util'
import { explainArguments } from '../explain-arguments.ts'
import { INPUT_FLAGS, type InputOptions, parseInputOptions } from '../input/parse-input-options.ts'

/** Where to send to; `nowhere` for a dry run. */
export type SendTarget = { stackName: string } | { queueUrl: string } | 'local' | 'nowhere'

export type SendOptions = {
  input: InputOptions
  target: SendTarget
  skipInvalid: boolean
  resume: string | undefined
  json: boolean
}

/** Reads the words behind `breach-reset send`. Returns a sentence when they can't be used. */
export function parseSendOptions(args: readonly string[]): SendOptions | { wrong: string } {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        ...INPUT_FLAGS,
        stage: { type: 'string' },
        stack: { type: 'string' },
        'queue-url': { type: 'string' },
        local: { type: 'boolean' },
        'dry-run': { type: 'boolean' },
        'skip-invalid': { type: 'boolean', default: false },
        resume: { type: 'string' },
        json: { type: 'boolean', default: false },
      },
    })
    const { stage, stack = stage && `BreachReset-${stage}`, 'queue-url': queueUrl, local, resume } = values
    const targets = [
      stack && { stackName: stack },
      queueUrl && { queueUrl },
      local && 'local',
      values['dry-run'] && 'nowhere',
    ]
    const [target, ...others] = targets.filter((given) => given !== undefined)
    if (!target || others.length > 0)
      return { wrong: 'say where to: one of --stage, --queue-url, --local and --dry-run' }
    if (queueUrl !== undefined && !/^https?:\/\/[^/]/.test(queueUrl))
      return { wrong: '--queue-url: must be the URL of a queue' }
    if (resume !== undefined && !/^[1-9]\d*-[0-9a-f]{12}$/.test(resume))
      return { wrong: '--resume: must be a token that send printed' }
    if (resume !== undefined && local) return { wrong: '--resume: not with --local, whose queue is gone' }
    const input = parseInputOptions(values, positionals)
    if ('wrong' in input) return input
    return {
      input,
      target: target as SendTarget,
      skipInvalid: values['skip-invalid'],
      resume,
      json: values.json,
    }
  } catch (error) {
    return { wrong: explainArguments(error) }
  }
}
