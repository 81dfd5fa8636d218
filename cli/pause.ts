import { type AwsClients, openAwsClients, readOutputs } from './aws.ts'
import { defineCommand, type FlagValues } from './command.ts'
import { say } from './lines.ts'
import {
  type FunctionName,
  MAPPING_OUTPUTS,
  type Mapping,
  switchMapping,
  toMappings,
} from './pause/mappings.ts'
import { STACK_FLAGS, toStackTarget } from './progress/progress-target.ts'
import { abortWhenInterrupted, INTERRUPTED_CODES, sentenceOf, type Terminal, UsageError } from './terminal.ts'

const NAMES = Object.keys(MAPPING_OUTPUTS) as FunctionName[]

const FLAGS = {
  ...STACK_FLAGS,
  function: {
    type: 'string',
    value: 'NAME',
    multiple: true,
    choices: NAMES,
    about: `only ${NAMES.join(', ')} (may be repeated)`,
  },
  json: { type: 'boolean', about: 'prints one object' },
} as const

/** Stops functions from getting messages. Exit code 0 done, 1 failed or not done in time, 2 unusable arguments. */
export const pause = defineSwitch(
  'pause',
  false,
  'Stops all functions, or some, from getting messages, and waits until they get none. Messages wait on their queues, and nobody is lost. It lasts until they are resumed.',
)

/** Lets functions get messages again. Exit codes as of `pause`. */
export const resume = defineSwitch(
  'resume',
  true,
  'Lets all functions, or some, get messages again, and waits until they do.',
)

/** `typed`: the flags that say of which stage and which functions, for a shell. */
type Options = { stackName: string; typed: string; names: readonly FunctionName[]; json: boolean }

function defineSwitch(name: 'pause' | 'resume', enabled: boolean, about: string) {
  return defineCommand({
    call: `breach-reset ${name}`,
    synopsis: ['(--stage NAME | --stack NAME) [--function NAME ...] [--json]'],
    about: [about],
    flags: FLAGS,
    exitCodes: {
      0: 'AWS says that it is done',
      1: 'it failed, or AWS was not done within 5 minutes',
      2: 'unusable arguments',
      130: `${INTERRUPTED_CODES[130]}; what AWS was asked for goes on`,
    },
    examples: [
      `npx --no breach-reset ${name} --stage prod`,
      `npx --no breach-reset ${name} --stage prod --function require-reset`,
    ],
    parse,
    run: (options, terminal) =>
      abortWhenInterrupted((signal) => run(enabled, options, { ...openAwsClients(), signal }, terminal)),
  })
}

function parse({ stage, stack, function: given = [], json }: FlagValues<typeof FLAGS>): Options {
  const names = NAMES.filter((name) => given.includes(name))
  const { stackName, typed } = toStackTarget({ stage, stack })
  return { stackName, typed: [typed, ...names.map((name) => `--function ${name}`)].join(' '), names, json }
}

const INTERRUPTED = 'interrupted: what AWS was asked for goes on'
const TO_GO_ON = 'the same command waits for it'

type Clients = AwsClients & { signal: AbortSignal }
type Switched = { function: FunctionName; state?: string; failure?: string }

async function run(
  enabled: boolean,
  options: Options,
  clients: Clients,
  { stdout, stderr }: Terminal,
): Promise<number> {
  const { json, typed } = options
  try {
    const { mappings, timeoutSeconds } = await findMappings(options, clients)
    const switched = await Promise.all(mappings.map((mapping) => trySwitch(mapping, enabled, clients)))
    if (json) stdout.write(`${JSON.stringify({ functions: switched }, undefined, 2)}\n`)
    const wanted = enabled ? 'Enabled' : 'Disabled'
    const done = switched.filter(({ state }) => state === wanted)
    if (!json && done.length > 0) {
      const names = done.map((one) => one.function).join(', ')
      say(stdout, enabled ? `resumed: ${names}` : `paused: ${names}\n${pausedText(typed, timeoutSeconds)}`)
    }
    for (const { function: name, state, failure } of switched)
      if (state !== wanted)
        say(stderr, `${name}: ${failure ?? `not done within 5 minutes: AWS says ${state}`}`)
    if (clients.signal.aborted) say(stderr, TO_GO_ON)
    return done.length === switched.length ? 0 : 1
  } catch (error) {
    if (error instanceof UsageError) throw error
    say(stderr, clients.signal.aborted ? `${INTERRUPTED}: ${TO_GO_ON}` : sentenceOf(error))
    return 1
  }
}

async function trySwitch(mapping: Mapping, enabled: boolean, clients: Clients): Promise<Switched> {
  try {
    return { function: mapping.name, state: await switchMapping(mapping, enabled, clients) }
  } catch (error) {
    const failure = clients.signal.aborted ? INTERRUPTED : sentenceOf(error)
    return { function: mapping.name, failure }
  }
}

/** The event source mappings of the chosen functions, and how long an invocation may last. */
async function findMappings(
  { stackName, names }: Options,
  { cloudFormation }: AwsClients,
): Promise<{ mappings: Mapping[]; timeoutSeconds: string | undefined }> {
  const { 'fan-out': fanOut, ...others } = MAPPING_OUTPUTS
  const optional = [...Object.values(others), 'FunctionTimeoutSeconds'] as const
  const outputs = await readOutputs(cloudFormation, stackName, [fanOut], optional)
  const all = toMappings(outputs)
  const mappings = names.length === 0 ? all : all.filter(({ name }) => names.includes(name))
  const missing = names.filter((name) => !mappings.some((mapping) => mapping.name === name))
  if (missing.length > 0) throw new UsageError(`--function: this stage has no ${missing.join(', ')}`)
  return { mappings, timeoutSeconds: outputs.FunctionTimeoutSeconds }
}

function pausedText(typed: string, timeoutSeconds: string | undefined): string {
  const limit = timeoutSeconds === undefined ? '' : `, within ${timeoutSeconds} s`
  return `Invocations that had begun still end${limit}. Messages wait until:\n  npx --no breach-reset resume ${typed}`
}
