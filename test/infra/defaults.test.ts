import { readFileSync } from 'node:fs'
import { runInNewContext } from 'node:vm'
import { RetentionDays } from 'aws-cdk-lib/aws-logs'
import { Duration } from 'aws-cdk-lib/core'
import { expect, it } from 'vitest'
import type { BreachResetProps } from '../../infra/props.ts'
import { toStage } from '../../infra/stage.ts'

const REQUIRED: BreachResetProps = { stytchEnvironment: 'live', stytchRequestsPerSecond: 50 }
const page = readFileSync(new URL('../../infra/props.ts', import.meta.url), 'utf8')

/** The settings of props.ts whose `@default` is a value and no sentence, with that value. */
function documentedDefaults(): Record<string, unknown> {
  const documented = page.matchAll(/@default (?!- )(.+)\n +\*\/\n +readonly (\w+)\?/g)
  return Object.fromEntries(
    [...documented].map(([, value = '', setting]) => [
      setting,
      runInNewContext(value, { Duration, RetentionDays }),
    ]),
  )
}

it('fills in each default that props.ts gives as a value, and no other', () => {
  const { alarmThresholds, ...filledIn } = toStage(REQUIRED)
  const { stytchEnvironment: _, stytchRequestsPerSecond: __, ...defaults } = filledIn
  expect(documentedDefaults()).toEqual({ ...defaults, ...alarmThresholds })
})

it('takes undefined as left out', () => {
  const [ofProps = ''] = page.split('\n}')
  const settings = Object.fromEntries(
    [...ofProps.matchAll(/readonly (\w+)\?:/g)].map(([, setting]) => [setting, undefined]),
  )
  expect(Object.keys(settings).length).toBeGreaterThan(30)
  expect(toStage({ ...settings, ...REQUIRED })).toEqual(toStage(REQUIRED))
})
