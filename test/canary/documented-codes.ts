import { readFileSync } from 'node:fs'

const PAGES = ['contract.md', 'runbook.md', 'deploy.md']
const OUTCOMES = new Set(['reset', 'skipped', 'dead_lettered', 'outcome'])

/** Every outcome code that the tables of the docs name, but for rows about "any other". */
export function documentedCodes(): ReadonlySet<string> {
  const cells = PAGES.flatMap((page) => {
    const text = readFileSync(new URL(`../../docs/${page}`, import.meta.url), 'utf8')
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
