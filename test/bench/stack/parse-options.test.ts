import { expect, it } from 'vitest'
import { parseOptions } from './parse-options.ts'

it('measures everything unless it is told what', () => {
  expect(parseOptions([])).toMatchObject({
    json: false,
    stageNames: ['prod', 'local'],
    latenciesMs: [50, 200],
    parts: ['event', 'giant', 'stream', 'peers'],
  })
  expect(parseOptions(['--json', '--stage', 'dev', '--latency', '0', '--part', 'giant'])).toEqual({
    json: true,
    stageNames: ['dev'],
    latenciesMs: [0],
    parts: ['giant'],
  })
})

it.each([
  [['--stage', 'test'], '--stage: must be one of dev, prod, local'],
  [['--latency', 'slow'], '--latency: must be a whole number of milliseconds'],
  [['--part', 'all'], '--part: must be one of event, giant, stream, peers'],
])('refuses %j', (args, wrong) => {
  expect(parseOptions(args)).toEqual({ wrong })
})
