import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { Outputs } from './outputs.ts'

const ROOT = path.join(import.meta.dirname, '../..')

/** Returns every code, and every message, that the log lines and the dead letters of a run name. */
export function wordsIn(outputs: Pick<Outputs, 'texts'>): ReadonlySet<string> {
  const lines = outputs.texts('log line').map(parse)
  const letters = outputs.texts('dead-letter queue, all but the body').map((text) => parse(text).attributes)
  const words = [
    ...lines.flatMap(({ code, message, outcome }) => [code, message, outcome]),
    ...letters.map((attributes) => Object(attributes)['failure-code']),
  ]
  return new Set(words.filter((word) => typeof word === 'string'))
}

/** A process that is killed may leave half a line. */
function parse(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}

/** Returns every message that the functions can log, read from their source. */
export function declaredMessages(): ReadonlySet<string> {
  const calls = /\b(?:observe\.(?:note|failure)\(|logger\.\w+\(|reportUnavailable\(observe,)\s*'([^']+)'/g
  const messages = globSync(['functions/**/*.ts', 'lib/**/*.ts'], { cwd: ROOT }).flatMap((file) => [
    ...readFileSync(path.join(ROOT, file), 'utf8').matchAll(calls),
  ])
  return new Set(messages.map(([, message = '']) => message))
}

const PAGES = ['contract.md', 'runbook.md', 'deploy.md']
const OUTCOMES = new Set(['reset', 'skipped', 'dead_lettered', 'outcome'])

/** Returns every outcome code that the tables of the docs name, except in rows about "any other". */
export function documentedCodes(): ReadonlySet<string> {
  const cells = PAGES.flatMap((page) => {
    const text = readFileSync(path.join(ROOT, 'docs', page), 'utf8')
    const tables = text.split(/\n(?!\|)/).filter((block) => /^\| (outcome \| )?code \|/m.test(block))
    return tables.flatMap((table) => table.split('\n').map((line) => line.split('|').slice(1, 3)))
  })
  const named = cells.flatMap(([first = '', second = '']) => {
    const codes = codesIn(first)
    return codes.some((code) => OUTCOMES.has(code)) ? codesIn(second) : codes
  })
  return new Set(named)
}

function codesIn(cell: string): string[] {
  if (cell.includes('any other')) return []
  return [...cell.matchAll(/`([a-z_0-9]+)`/g)].map(([, code = '']) => code)
}
