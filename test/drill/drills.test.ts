import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const read = (file: string) => readFileSync(new URL(file, import.meta.url), 'utf8')
const sections = read('../../docs/runbook.md').split(/^## /m)

it.each([
  ['mass', 'A large breach was refused'],
  ['storm', 'A storm of events'],
  ['rehearsed', 'Switch a dry run to enforce'],
])('the drill %s types the commands of the runbook, in their order', (drill, title) => {
  const typed = [...read(`${drill}.ts`).matchAll(/\btype\(\s*[`'](.+?)[`'],/g)]
  const section = sections.find((one) => one.startsWith(`${title}\n`)) ?? ''
  // What to do when the breach is not real, and how to practise, are not steps of the drill.
  const paragraphs = section.split('\n\n').filter((one) => !/^(Not intended|To practise)/.test(one))
  const steps = [...paragraphs.join('\n\n').matchAll(/npx --no breach-reset (.+?)(?=`|$)/gm)]
  expect(typed.map(toStep)).toEqual(steps.map(toStep))
  expect(steps).not.toEqual([])
})

/** A command without what differs from event to event, and without the number that a person types afterwards. */
function toStep([, command = '']: RegExpExecArray): string {
  return command.replace(/ --confirm .*/, '').replace(/\$\{.+?\}|<.+?>|harvest-41234|urn:\S+/g, '…')
}
