import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { beforeAll, describe, expect, it } from 'vitest'
import type { BreachEvent } from '../../../lib/contract/breach-event.ts'
import { EMAIL_PATTERNS } from '../../../lib/contract/json-schema.ts'
import { openSqs } from '../../infra/local/sqs/open-sqs.ts'
import { documentedEntries } from '../pages.ts'
import { startPython } from './start-python.ts'

const examples = new URL('../../../docs/examples/', import.meta.url)
const schema = await readFile(new URL('../breach-event.v1.schema.json', examples), 'utf8')
const isValid = new Ajv2020().compile(JSON.parse(schema))

/** An event with its moments as numbers: a moment has many spellings. */
const withMoments = ({ time, data, ...event }: BreachEvent) => ({
  ...{ ...event, time: Date.parse(time) },
  data: { ...data, exposed_at: Date.parse(data.exposed_at ?? '') },
})
/** The event of docs/producers.md. */
const documented = withMoments(JSON.parse(documentedEntries[0]?.Detail ?? ''))

describe('docs/examples/send-event.ts', () => {
  it('sends the same valid event each time, and prints the id of the message', async () => {
    const { sqs, queue } = await openSqs()
    const { url, receive } = await queue()
    const env = {
      BREACH_QUEUE_URL: url,
      AWS_ENDPOINT_URL_SQS: sqs.endpoint,
      ...{ AWS_REGION: 'eu-central-1', AWS_ACCESS_KEY_ID: 'any', AWS_SECRET_ACCESS_KEY: 'any' },
    }
    const run = () =>
      promisify(execFile)(process.execPath, [new URL('send-event.ts', examples).pathname], { env })
    const printed = [(await run()).stdout.trim(), (await run()).stdout.trim()]
    const messages = await receive()
    expect(messages.map(({ MessageId }) => MessageId).toSorted()).toEqual(printed.toSorted())
    const [first, second] = messages.map(({ Body = '' }) => JSON.parse(Body))
    expect(isValid(first), JSON.stringify(isValid.errors)).toBe(true)
    expect(withMoments(first)).toEqual(documented)
    expect(second).toEqual(first)
  })
})

/** Starts once for all that is asked of Python. */
let python: Awaited<ReturnType<typeof startPython>>

beforeAll(async () => {
  python = await startPython({ BREACH_QUEUE_URL: 'https://sqs.example/breach' })
  python.run(new URL('send_event.py', examples))
  python.evaluate('import re\nfrom datetime import timedelta')
})

describe('docs/examples/send_event.py', () => {
  const sendAgain = (change: string) =>
    python.evaluate(`send_event(boto3.client("sqs"), "url", {**leak, ${change}})`)
  const lastBody = () => JSON.parse(python.sent.at(-1)?.MessageBody ?? '')

  it('sends a valid event, and prints the id of the message', () => {
    expect(python.printed).toEqual(['message-1'])
    expect(python.sent[0]).toMatchObject({ service: 'sqs', QueueUrl: 'https://sqs.example/breach' })
    expect(isValid(lastBody()), JSON.stringify(isValid.errors)).toBe(true)
    expect(withMoments(lastBody())).toEqual(documented)
  })

  it('sends a moment of another time zone as the same moment', () => {
    sendAgain('"detected_at": leak["detected_at"].astimezone(timezone(timedelta(hours=5, minutes=30)))')
    expect(isValid(lastBody()), JSON.stringify(isValid.errors)).toBe(true)
    expect(withMoments(lastBody())).toEqual(documented)
  })

  it.each([
    [
      'a moment without a time zone',
      '"captured_at": leak["captured_at"].replace(tzinfo=None)',
      'no time zone',
    ],
    ['an address that is NaN', '"emails": [float("nan")]', 'not JSON compliant'],
  ])('sends nothing for %s', (_, change, sentence) => {
    const before = python.sent.length
    expect(() => sendAgain(change)).toThrow(sentence)
    expect(python.sent).toHaveLength(before)
  })
})

describe('the regular expressions of docs/breach-event.v1.schema.json in Python', () => {
  const patterns = new Set(
    [...schema.matchAll(/"pattern": (".*")/g)].map(([, text = '']) => JSON.parse(text)),
  )
  const matches = (pattern: string, text: string) =>
    python.evaluate(
      `bool(re.search(json.loads(${JSON.stringify(JSON.stringify(pattern))}), ${JSON.stringify(text)}))`,
    )

  it('compile, all of them', () => {
    expect(patterns.size).toBeGreaterThan(5)
    for (const pattern of patterns) expect(matches(pattern, '')).toBeTypeOf('boolean')
  })

  it.each([
    ['ada@customer.example', true],
    [' юля@почта.example\n', true],
    ["a!#$%&'*+-/=?^_`{|}~.0@x-1.example", true],
    ['𐐨@𐐨.example', true],
    ['ada@テスト・例.jp', true],
    ['\u00a0ada@x.example\ufeff', true],
    ['<a@b>', false],
    ['“a@b”', false],
    ['a\\b@c', false],
    ['a@b;', false],
    ['a@b.', false],
    ['😀@b', false],
    ['a b@c', false],
    ['a\u00a0b@c', false],
    ['a·b@c', false],
    ['a\u200b@b', false],
    ['a\u0007@b', false],
    ['a@b@c', false],
    [`${'x'.repeat(319)}@b`, false],
  ])('judge the address %j: %s', (address, isTaken) => {
    expect(EMAIL_PATTERNS.every((pattern) => matches(pattern, address))).toBe(isTaken)
  })
})
