import { BreachEventSchema } from '../../lib/contract/breach-event.ts'
import { UsageError } from '../terminal.ts'

/** The flags of every command that works on a deployed stage. */
export const STACK_FLAGS = {
  stage: {
    type: 'string',
    value: 'NAME',
    about: "the deployed stage: stack BreachReset-<stage>, with the AWS CLI's credentials and region",
  },
  stack: { type: 'string', value: 'NAME', about: 'the stack, when it is not BreachReset-<stage>' },
} as const

/** The flags of every command that reads the table `Progress`. */
export const TARGET_FLAGS = {
  ...STACK_FLAGS,
  table: {
    type: 'string',
    value: 'NAME',
    about: 'the table Progress itself: of a local system, or of a stack that has BreachReset as a construct',
  },
} as const

/** The flag that says which event is meant, where its id is not enough. */
export const SOURCE_FLAG = {
  source: {
    type: 'string',
    value: 'SOURCE',
    about: 'the source of the event, when several have used the id, or the event is more than 14 days old',
  },
} as const

/** Where the facts of a stage are: which stack has the table, or the name of the table. `typed`: the flags that said so, for a shell. */
export type ProgressTarget = ({ stackName: string } | { table: string }) & { typed: string }

/** A name of a DynamoDB table, or its ARN. */
const TABLE = /^[\w.-]{3,255}$|^arn:[\w-]+:dynamodb:[\w-]+:\d{12}:table\/[\w.-]{3,255}$/

type Typed = { [Flag in keyof typeof TARGET_FLAGS]?: string | undefined }

/** Parses the flags that say where the table is. Throws a UsageError when they can't be used. */
export function parseTarget({ stage, stack, table }: Typed): ProgressTarget {
  if (table !== undefined && stage === undefined && stack === undefined) {
    if (!TABLE.test(table)) throw new UsageError('--table: must be the name or the ARN of a DynamoDB table')
    return { table, typed: `--table ${table}` }
  }
  if (table !== undefined || !(stack || stage))
    throw new UsageError('say which stage: --stage NAME, --stack NAME or --table NAME')
  return toStackTarget({ stage, stack })
}

const STAGE = /^[a-zA-Z0-9-]{0,116}$/
/** A name of a CloudFormation stack, or its ARN. */
const STACK = /^([a-zA-Z][a-zA-Z0-9-]{0,127}|arn:[\w-]+:cloudformation:[\w-]+:\d{12}:stack\/[\w/-]+)?$/

/** The name of the stack that the flags name, if they do. Throws a UsageError when there can't be such a stack. */
export function stackNameOf({
  stage,
  stack = stage && `BreachReset-${stage}`,
}: Pick<Typed, 'stage' | 'stack'>): string | undefined {
  if (!STAGE.test(stage ?? '')) throw new UsageError('--stage: must be letters, digits and dashes')
  if (!STACK.test(stack ?? '')) throw new UsageError('--stack: must be the name or the ARN of a stack')
  return stack
}

/** The stack that the flags name. Throws a UsageError when they name none, or there can't be such a stack. */
export function toStackTarget({ stage, stack }: Typed): { stackName: string; typed: string } {
  const stackName = stackNameOf({ stage, stack })
  if (!stackName) throw new UsageError('say which stage: --stage NAME or --stack NAME')
  return { stackName, typed: stack ? `--stack ${stack}` : `--stage ${stage}` }
}

const OPAQUE = 'must be printable ASCII without spaces, "@" or "%", as in the event'

/** Parses which event is meant. Throws a UsageError when there can't be such an event. */
export function parseEvent(
  id: string,
  eventSource: string | undefined,
  name = 'the event id',
): { id: string; eventSource: string | undefined } {
  const { shape } = BreachEventSchema
  if (!shape.id.safeParse(id).success) throw new UsageError(`${name} ${OPAQUE}`)
  if (!shape.source.optional().safeParse(eventSource).success) throw new UsageError(`--source: ${OPAQUE}`)
  return { id, eventSource }
}
