import type { Template } from '../../infra/local/template.ts'
import type { Alarm } from './is-alarming.ts'
import { readAlarm } from './read-alarm.ts'
import { resolveNames } from './resolve-names.ts'

/** Every alarm of a template, by its construct id. */
export function readAlarms({ Resources }: Template): Map<string, Alarm> {
  const alarms = Object.entries(Resources).filter(([, { Type }]) => Type === 'AWS::CloudWatch::Alarm')
  return new Map(
    alarms.map(([logicalId, { Properties }]) => [
      logicalId.replace(/[0-9A-F]{8}$/, ''),
      readAlarm(resolveNames(Properties)),
    ]),
  )
}
