import { readdirSync, readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { checkEvent } from '../../../lib/producer/check-event.ts'

const docs = new URL('../../../docs/', import.meta.url)
const read = (file: string) => readFileSync(new URL(file, docs), 'utf8')
const isTakenBySchema = new Ajv2020().compile(JSON.parse(read('breach-event.v1.schema.json')))
const NOW = Date.parse('2026-11-20T12:00:00Z')
const page = read('contract.md')

const examples = ['events', 'refused'].flatMap((folder) =>
  readdirSync(new URL(`examples/${folder}`, docs)).map((name) => ({ folder, name })),
)

describe.each(examples)('docs/examples/$folder/$name', ({ folder, name }) => {
  const text = read(`examples/${folder}/${name}`)
  const value = JSON.parse(text)

  it(`is ${folder === 'events' ? 'taken' : `refused as its name says`}, by the schema too`, () => {
    const codes = new Set(checkEvent(value, NOW).problems.map(({ code }) => code))
    expect([...codes]).toEqual(folder === 'events' ? [] : [name.replace('.json', '')])
    expect(isTakenBySchema(value)).toBe(folder === 'events')
  })

  if (folder === 'events' || page.includes(`<!-- refused: ${name.replace('.json', '')} -->`)) {
    it('stands in docs/contract.md as it is', () => {
      expect(page).toContain(`\`\`\`json\n${text}\`\`\``)
    })
  }
})
