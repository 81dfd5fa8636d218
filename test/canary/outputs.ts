import { CODES } from '../../lib/contract/codes.ts'

const OUTPUTS = [
  'log line',
  'metric',
  'row of a table',
  'outcome event',
  'response of a function',
  'error that leaves a function',
  'reset queue, all but the body',
  'reset queue, body',
  'sessions queue, all but the body',
  'sessions queue, body',
  'dead-letter queue, all but the body',
  'dead-letter queue, verbatim body',
  'dead-letter queue, body of a member',
  'rehearsed queue, all but the body',
  'rehearsed queue, body',
  'request to Stytch',
  'status',
  'report',
  'report with people',
  'command line, stdout',
  'command line, revealed',
  'command line, stderr',
] as const

/** A place where something comes out of the functions or of the command line. */
export type OutputName = (typeof OUTPUTS)[number]
export type Outputs = ReturnType<typeof createOutputs>

/**
 * Returns a store for everything that comes out of the functions, or of the command line, by the place where it comes out.
 * `except`: the places that this run does not see. `empty` names the places that nothing was added to.
 */
export function createOutputs(of: 'functions' | 'command line', except: readonly OutputName[] = []) {
  const isOf = (name: OutputName) => name.startsWith('command line') === (of === 'command line')
  const names = OUTPUTS.filter((name) => isOf(name) && !except.includes(name))
  const texts = new Map<OutputName, string[]>(names.map((name) => [name, []]))
  return {
    names,
    add(name: OutputName, item: unknown): void {
      const text = typeof item === 'string' ? item : (JSON.stringify(item) ?? '')
      const output = texts.get(name)
      if (!output) throw new Error(`"${name}" is not an output of this run`)
      if (text !== '') output.push(text)
    },
    texts: (name: OutputName): readonly string[] => texts.get(name) ?? [],
    empty: () => names.filter((name) => texts.get(name)?.length === 0),
  }
}

/** Adds a line that a function wrote: metrics in CloudWatch's embedded metric format, or a log line. */
export function addLine(outputs: Outputs, line: string): void {
  outputs.add(line.includes('"_aws"') ? 'metric' : 'log line', line)
}

/** Codes of dead letters whose body is what came, with everything in it. */
const VERBATIM = new Set(
  Object.entries(CODES).flatMap(([code, { of }]) =>
    of === 'body' || of === 'event' || code === 'invalid_member' ? [code] : [],
  ),
)

type Message = { body: string; attributes?: Record<string, string>; groupId?: string | undefined }

/** Adds the messages of a queue, their bodies apart from everything else. What SQS moved itself has no code and is verbatim. */
export function addMessages(
  outputs: Outputs,
  queue: 'reset' | 'sessions' | 'dead-letter' | 'rehearsed',
  messages: readonly Message[],
): void {
  for (const { body, ...rest } of messages) {
    outputs.add(`${queue} queue, all but the body`, rest)
    if (queue !== 'dead-letter') outputs.add(`${queue} queue, body`, body)
    else {
      const { 'failure-code': code } = rest.attributes ?? {}
      const isVerbatim = code === undefined || VERBATIM.has(code)
      outputs.add(`dead-letter queue, ${isVerbatim ? 'verbatim body' : 'body of a member'}`, body)
    }
  }
}

/** Adds the facts and the outcome events that functions have written. */
export function addProgress(
  outputs: Outputs,
  { items, events }: { items: readonly unknown[]; events: readonly unknown[] },
): void {
  for (const item of items) outputs.add('row of a table', item)
  for (const event of events) outputs.add('outcome event', event)
}

/** One character of an address, and where the address goes on, as cli/mask.ts writes it. The domain alone names nobody. */
const MASK = /(?<=^|[\s",])[^\s",]…@/gmu

/** Adds what a command wrote, where it was asked to reveal addresses apart from the rest. */
export function addCommand(
  outputs: Outputs,
  { stdout, stderr }: { stdout: string; stderr: string },
  args: readonly string[],
): void {
  const name = args.includes('--reveal') ? 'command line, revealed' : 'command line, stdout'
  outputs.add(name, stdout.replaceAll(MASK, 'masked at '))
  outputs.add('command line, stderr', stderr)
}

/** Runs `work` and keeps what this process writes meanwhile from the terminal. Resolves to what `work` does, and to what was written. */
export async function captureOutput<Value>(work: () => Promise<Value>) {
  const written = { stdout: '', stderr: '' }
  const streams = ['stdout', 'stderr'] as const
  const originals = streams.map((name) => process[name].write)
  for (const name of streams) {
    process[name].write = (chunk: string | Uint8Array, ...rest: unknown[]) => {
      written[name] += Buffer.from(chunk).toString()
      const done = rest.findLast((argument) => typeof argument === 'function')
      done?.()
      return true
    }
  }
  try {
    const value = await work()
    return { ...written, value }
  } finally {
    for (const [index, name] of streams.entries()) {
      const original = originals[index]
      if (original) process[name].write = original
    }
  }
}
