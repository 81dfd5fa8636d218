import { expect, it } from 'vitest'
import { CredentialsSchema, createCredentialsReader, stytchBaseUrl } from '../../../lib/stytch/credentials.ts'

const stored = (secret: string) => JSON.stringify({ project_id: 'project-live-1', secret })

it('picks the host by the prefix of the project id, and refuses any other', () => {
  expect(stytchBaseUrl({ project_id: 'project-live-1', secret: 's' })).toBe('https://api.stytch.com')
  expect(stytchBaseUrl({ project_id: 'project-test-1', secret: 's' })).toBe('https://test.stytch.com')
  expect(CredentialsSchema.safeParse({ project_id: 'project-1', secret: 's' }).success).toBe(false)
})

it.each([
  undefined,
  '',
  '{"project_id":"","secret":""}',
  '{"project_id":"project-live-1"}',
  'project-live-1:s',
])('calls a secret of %s invalid', async (text) => {
  expect(await createCredentialsReader(async () => text).current()).toBe('invalid')
})

it('re-reads the secret once for all who were refused, and sees a rotation', async () => {
  let reads = 0
  const reader = createCredentialsReader(async ({ fresh }) => {
    if (fresh) reads++
    return stored(fresh ? 'new' : 'old')
  })
  const used = await reader.current()
  if (used === 'invalid') throw new Error('the fixture is valid')
  expect(await Promise.all([reader.hasRotated(used), reader.hasRotated(used)])).toEqual([true, true])
  expect(reads).toBe(1)
  expect(await reader.hasRotated(used)).toBe(true)
  expect(reader.latest(used).secret).toBe('new')
  expect(await reader.hasRotated(reader.latest(used))).toBe(false)
})

it('does not take the key of another project for a rotation', async () => {
  const other = JSON.stringify({ project_id: 'project-live-2', secret: 'new' })
  const reader = createCredentialsReader(async ({ fresh }) => (fresh ? other : stored('old')))
  const used = await reader.current()
  if (used === 'invalid') throw new Error('the fixture is valid')
  expect(await reader.hasRotated(used)).toBe(false)
  expect(reader.latest(used)).toBe(used)
})
