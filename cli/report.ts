import { defineCommand, type FlagValues } from './command.ts'
import { INPUT_FLAGS, type InputOptions, parseInputOptions } from './input/options.ts'
import { say } from './lines.ts'
import { type Delivery, toDeliveries } from './progress/deliveries.ts'
import { findEvent, openProgress } from './progress/progress-source.ts'
import { type ProgressTarget, parseTarget, SOURCE_FLAG, TARGET_FLAGS } from './progress/progress-target.ts'
import { toPage } from './report/page.ts'
import { type People, readPeople } from './report/people.ts'
import { toCsv, toJson, toReport } from './report/to-report.ts'
import { checkWritable, writePrivately } from './report/write-file.ts'
import { sentenceOf, type Terminal, UsageError } from './terminal.ts'

const { id: _id, source: _source, ...PEOPLE_FLAGS } = INPUT_FLAGS
const FLAGS = {
  ...TARGET_FLAGS,
  ...SOURCE_FLAG,
  run: {
    type: 'string',
    value: 'RUN',
    about: 'the delivery with this run (SQS message id); the latest one that was accepted unless given',
  },
  out: {
    type: 'string',
    value: 'FILE',
    about: 'the file, replaced if it exists; <event id>.html unless given, which is never replaced',
  },
  json: {
    type: 'boolean',
    about: 'prints everything as one object, to standard output unless --out is given',
  },
  csv: { type: 'boolean', about: 'prints a line for each row, to standard output unless --out is given' },
  people: {
    type: 'string',
    value: 'FILE',
    about:
      'puts the e-mail addresses in, from your own copy of what was sent: event, list in CSV or, with --from, what a vendor gives. Source, id and number of rows must agree, and you must not have put the rows in another order: that cannot be seen. Addresses are only ever in a file, so --json and --csv need --out. Give the flags that you gave to send; a list in CSV needs neither --reason nor --exposed-at here',
  },
  ...PEOPLE_FLAGS,
} as const

/** Writes what became of an event. Exit code 0 written, 1 it can't be read, 2 unusable arguments or file. */
export const report = defineCommand({
  call: 'breach-reset report',
  synopsis: ['EVENT_ID (--stage NAME | --stack NAME | --table NAME) [--out FILE] [--csv | --json]'],
  about: [
    'Writes what became of an event: one HTML file that needs nothing else, for the screen and for paper. Rows are known by their number.',
  ],
  positionals: [{ name: 'EVENT_ID', about: 'the id of the event' }],
  flags: FLAGS,
  exitCodes: {
    0: 'written',
    1: "it can't be read, or there is no such event",
    2: 'unusable arguments or file',
  },
  examples: [
    'npx --no breach-reset report harvest-2026-11-29-1 --stage prod',
    'npx --no breach-reset report harvest-2026-11-29-1 --stage prod --people members.csv --out report.html',
    'npx --no breach-reset report harvest-2026-11-29-1 --stage prod --csv > rows.csv',
  ],
  parse,
  run,
})

type Format = 'html' | 'json' | 'csv'
type Options = {
  id: string
  eventSource: string | undefined
  run: string | undefined
  target: ProgressTarget
  format: Format
  out: string | undefined
  people: InputOptions | undefined
}

function parse(values: FlagValues<typeof FLAGS>, [id, ...others]: readonly string[]): Options {
  const { source: eventSource, run, out, people, csv, json } = values
  if (id === undefined || others.length > 0) throw new UsageError('give the id of one event')
  if (csv && json) throw new UsageError('--csv and --json: give one of them')
  const format = csv ? 'csv' : json ? 'json' : 'html'
  if (people !== undefined && format !== 'html' && out === undefined)
    throw new UsageError(`--people: with --${format} needs --out, so that no names are on the screen`)
  const read = parseInputOptions({ ...values, id: undefined, source: undefined }, [people ?? '-'])
  if (people === undefined && (read.hasList || read.vendor || values['members-per-event'] !== undefined))
    throw new UsageError('flags about a list are for --people')
  return {
    ...{ id, eventSource, run, out, format, target: parseTarget(values) },
    people: people === undefined ? undefined : read,
  }
}

async function run(options: Options, { stdin, stdout, stderr }: Terminal): Promise<number> {
  const { out, format, eventSource, id, target } = options
  if (out !== undefined) await checkWritable(out, '--out')
  const now = Date.now()
  try {
    const history = toDeliveries(await findEvent(await openProgress(target), { id, eventSource }, now))
    const delivery = choose(history, options.run)
    const people = options.people && (await readPeople(options.people, delivery, { stdin, now }))
    const text = FORMATS[format](delivery, history, people)
    if (format !== 'html' && out === undefined) {
      stdout.write(text)
      return 0
    }
    const file = out ?? toFileName(delivery)
    await writePrivately(file, text, { flag: '--out', isNew: out === undefined })
    say(stdout, `written: ${file}`)
    return 0
  } catch (error) {
    if (error instanceof UsageError) throw error
    say(stderr, sentenceOf(error))
    return 1
  }
}

const FORMATS: Record<
  Format,
  (delivery: Delivery, history: readonly Delivery[], people: People | undefined) => string
> = {
  html: toPage,
  json: (...facts) => toJson(toReport(...facts)),
  csv: (...facts) => toCsv(toReport(...facts)),
}

function choose(history: readonly Delivery[], run: string | undefined): Delivery {
  const found =
    run === undefined
      ? (history.findLast(({ accepted }) => accepted) ?? history.at(-1))
      : history.find((delivery) => [delivery, ...delivery.redrives].some((one) => one.run === run))
  if (!found) throw new UsageError('--run: this event has no such run')
  return found
}

/** An id may have a slash in it, or begin with a dot. */
function toFileName({ event, run }: Delivery): string {
  return `${(event?.id ?? run).replace(/[^\w.-]/g, '_').replace(/^[.-]/, '_')}.html`
}
