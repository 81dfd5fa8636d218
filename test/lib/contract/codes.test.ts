import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { LetterCode, SkipCode as SessionsSkipCode } from '../../../functions/end-sessions/person.ts'
import type { Denial } from '../../../functions/fan-out/admit.ts'
import type { SkipCode } from '../../../functions/require-reset/person.ts'
import { CODES, type Code, describeCode, HTTP_STATUS, UNKNOWN_CODE } from '../../../lib/contract/codes.ts'
import type { Rejection } from '../../../lib/contract/parse-json.ts'
import type { Answer } from '../../../lib/stytch/ask-stytch.ts'
import {
  CONFIGURATION_FAULTS,
  FAILURES,
  MEMBER_FAULTS,
  NOT_FOUND,
  UNKNOWN_PREFIX,
} from '../../../lib/stytch/error-types.ts'
import type { ResetVerdict } from '../../../lib/stytch/require-reset.ts'

const page = readFileSync(new URL('../../../docs/contract.md', import.meta.url), 'utf8')
const [, outcomes = ''] = /## What happens to each member\n([\s\S]*?)\n## /.exec(page) ?? []

/** A cell without its Markdown: `[text](page.md#section)` is `text (docs/page.md#section)`, as a terminal shows it. */
const plain = (cell = '') =>
  cell
    .replace(/\[([^\]]+)\]\(([^)]+)\)/g, (_, text, url) => `${text} (${toPath(url)})`)
    .replace(/\*\*|\*(?=[a-z])|(?<=[a-z])\*|`/g, '')
const toPath = (url: string) =>
  url.startsWith('https:') ? url : url.startsWith('../') ? url.slice(3) : `docs/${url}`

/** The rows of the tables of outcomes: codes, what the next two cells say, and the heading above the table. */
const rows = outcomes.split(/^### /m).flatMap((section) =>
  section
    .split('\n')
    .filter((line) => /^\| (`|any other)/.test(line))
    .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()))
    .map(([, first = '', ...others]) => ({ section: section.split('\n')[0], first, others })),
)
const codesIn = (cell: string) => [...cell.matchAll(/`([a-z_0-9]+)`/g)].map(([, code = '']) => code)

const SECTIONS: Record<string, string> = {
  'Dead-lettered: the whole body': 'body',
  'Dead-lettered: the whole event': 'event',
  'Dead-lettered: one person, or invalid rows': 'person',
  'Dead-lettered: their sessions': 'person',
  'Dead-lettered: still failing after the retry horizon': 'retried',
}
const documented = rows
  .filter(({ section = '', others }) => section in SECTIONS && others[1] !== 'as above')
  .flatMap(({ section = '', first, others: [meaning, remedy] }) => {
    const codes = first.startsWith('any other') ? [] : codesIn(first)
    return codes.map((code) => [
      code,
      { of: SECTIONS[section], meaning: plain(meaning), remedy: plain(remedy) },
    ])
  })
/** A code of both steps means what the first says of it. */
const skipped = rows
  .toReversed()
  .filter(({ first }) => first === '`skipped`')
  .map(({ others: [code = '', meaning] }) => [codesIn(code)[0], { of: 'skipped', meaning: plain(meaning) }])

describe('the table of codes', () => {
  it('says of each code what docs/contract.md says, and knows no other', () => {
    const table = Object.entries(CODES)
      .filter(([, { of }]) => of !== 'tools')
      .map(([code, { of, meaning, ...more }]) => [
        code,
        'remedy' in more ? { of, meaning, remedy: more.remedy } : { of, meaning },
      ])
    expect(Object.fromEntries(table)).toEqual(Object.fromEntries([...skipped, ...documented]))
  })

  it('says of codes that it does not know what docs/contract.md says', () => {
    const [other] = rows.filter(({ first }) => first.startsWith('any other'))
    expect(other?.others.slice(0, 2).map(plain)).toEqual([UNKNOWN_CODE.meaning, UNKNOWN_CODE.remedy])
    expect(other?.first).toContain(`\`${UNKNOWN_PREFIX}<error_type>\``)
    const unknown = [`${UNKNOWN_PREFIX}canary`, 'of_an_older_version', 'toString']
    for (const code of unknown) expect(describeCode(code)).toBe(UNKNOWN_CODE)
  })

  it('takes an HTTP status for what it means', () => {
    const [status] = rows.filter(({ first }) => first.startsWith('`http_<status>`'))
    expect(status?.others.slice(0, 2).map(plain)).toEqual([HTTP_STATUS.meaning, HTTP_STATUS.remedy])
    for (const code of ['http_502', 'http_429', 'http_403', 'http_404', 'http_302'])
      expect(describeCode(code)).toBe(HTTP_STATUS)
    expect(describeCode('http_401')).toBe(CODES.unauthorized_credentials)
  })

  it('has every code that the functions know by name', () => {
    type Named =
      | Rejection['code']
      | Denial['code']
      | SkipCode
      | SessionsSkipCode
      | LetterCode
      | Extract<ResetVerdict, { kind: 'unusable' }>['code']
      | Exclude<Answer, { kind: 'answered' }>['code']
    // tsc fails when a code is added to the functions and not to the table.
    const all = (code: Named): Code => code
    const faults = [...CONFIGURATION_FAULTS, ...FAILURES, ...MEMBER_FAULTS, ...NOT_FOUND]
    expect(faults.filter((code) => !(code in CODES))).toEqual([])
    expect(all('covered')).toBe('covered')
  })

  it('has no code that begins like those of Stytch which we do not know', () => {
    expect(Object.keys(CODES).filter((code) => code.startsWith(UNKNOWN_PREFIX))).toEqual([])
  })

  it('has a remedy and an advice for each dead letter', () => {
    for (const entry of Object.values(CODES).filter(({ of }) => of !== 'skipped'))
      expect(entry).toMatchObject({ remedy: expect.any(String), redrive: { sentence: expect.any(String) } })
  })
})
