import { once } from 'node:events'
import https from 'node:https'
import { generate } from 'selfsigned'
import { expect, it } from 'vitest'
import { startProject } from './start-project.ts'

it('speaks https when it is given a certificate', async () => {
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'test' }], {
    keyType: 'ec',
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
  })
  const { stytch } = await startProject({ tls: { key, cert } })
  expect(stytch.url).toMatch(/^https:/)
  const [response] = await once(
    https.get(`${stytch.url}/simulator/calls`, { ca: cert, agent: false }),
    'response',
  )
  expect(response.statusCode).toBe(200)
  response.resume()
})
