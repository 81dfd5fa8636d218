import { parseArgs } from 'node:util'
import { explainArguments } from '../terminal.ts'

export const REDRIVE_USAGE = `usage: breach-reset redrive --stage NAME [--code CODE ...] [--go | --delete] [--json]
       breach-reset redrive --from DEAD_LETTER_QUEUE_URL --to BREACH_QUEUE_URL ...

Without --go or --delete it changes nothing: it counts the dead letters by reason and says what a redrive does.
  --code CODE   redrives or deletes only these reasons, as they are printed (may be repeated); needed for --delete, and for
                those that may have been reset
  --go          sends them to the breach queue again, and removes them from the dead-letter queue
  --delete      removes them for good: nobody in them will be reset
  --stack NAME  the stack, when it is not BreachReset-<stage>

  breach-reset redrive --stage prod
  breach-reset redrive --stage prod --code organization_suspended --go`

export type RedriveOptions = {
  queues: { stackName: string } | { from: string; to: string }
  codes: ReadonlySet<string>
  action: 'preview' | 'redrive' | 'delete'
  json: boolean
}

/** Reads the words behind `breach-reset redrive`. Returns a sentence when they can't be used. */
export function parseRedriveOptions(args: readonly string[]): RedriveOptions | { wrong: string } {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        stage: { type: 'string' },
        stack: { type: 'string' },
        from: { type: 'string' },
        to: { type: 'string' },
        code: { type: 'string', multiple: true, default: [] },
        go: { type: 'boolean', default: false },
        delete: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
      },
    })
    const { stage, stack = stage && `BreachReset-${stage}`, from, to, code, json } = values
    if (values.go && values.delete) return { wrong: '--go and --delete: give one of them' }
    if (values.delete && code.length === 0) return { wrong: '--delete: say which with --code' }
    const action = values.go ? 'redrive' : values.delete ? 'delete' : 'preview'
    const rest = { codes: new Set(code), action, json } as const
    for (const [name, url] of Object.entries({ from, to })) {
      if (url !== undefined && !URL.canParse(url)) return { wrong: `--${name}: must be the URL of a queue` }
    }
    if (stack && !from && !to) return { queues: { stackName: stack }, ...rest }
    if (from && to && stack === undefined) return { queues: { from, to }, ...rest }
    return { wrong: 'say which queues: --stage NAME, or --from URL and --to URL' }
  } catch (error) {
    return { wrong: explainArguments(error) }
  }
}
