import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const run = promisify(execFile)
const ROOT = path.join(import.meta.dirname, '../..')
const TSC = path.join(ROOT, 'node_modules/typescript/bin/tsc')
type Resource = { Type: string; Properties?: Record<string, unknown> }
const url = 'https://sqs.us-east-1.amazonaws.com/111122223333/queue'
const ENVIRONMENT = {
  ...{ AWS_REGION: 'us-east-1', STAGE: 'eu', MODE: 'dry_run', LEDGER_TABLE: 'ledger' },
  ...{ RESET_QUEUE_URL: url, DEAD_LETTER_QUEUE_URL: url, LEDGER_KEY_SECRET: 'key', STYTCH_SECRET: 'stytch' },
  ...{
    MAX_MEMBERS_PER_EVENT: '500',
    MEMBERS_PER_MESSAGE: '25',
    MESSAGES_AT_ONCE: '20',
    STYTCH_REQUESTS_PER_SECOND: '9',
  },
  ...{ STYTCH_CALLS_IN_FLIGHT: '15', MOST_UNRECORDED: '25' },
  ...{ STYTCH_TIMEOUT_MS: '10000', SETTLE_RESERVE_MS: '12000' },
  RETRY_HORIZON_HOURS: '24',
}
let consumer: string
let resources: [string, Resource][]

/** Another project that has unpacked what `npm run build && npm pack ./dist` makes, and has nothing of this repository beside it. */
beforeAll(async () => {
  consumer = await mkdtemp(path.join(tmpdir(), 'consumer-'))
  const dist = path.join(consumer, 'dist')
  await run(process.execPath, [TSC, '-p', 'tsconfig.build.json', '--outDir', dist], { cwd: ROOT })
  for (const [script, ...args] of [
    ['copy-bundles', `${dist}/bundles`],
    ['write-manifest', dist],
  ])
    await run(process.execPath, [`infra/local/${script}.ts`, ...args], { cwd: ROOT })
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', consumer, dist])
  const installed = path.join(consumer, 'node_modules/breach-reset')
  await mkdir(installed, { recursive: true })
  const tarball = path.join(consumer, JSON.parse(stdout)[0].filename)
  await run('tar', ['-xzf', tarball, '--strip-components=1', '-C', installed])
  await rm(dist, { recursive: true })
  for (const dependency of ['aws-cdk-lib', 'constructs', 'zod', '@types'])
    await symlink(
      path.join(ROOT, 'node_modules', dependency),
      path.join(consumer, 'node_modules', dependency),
    )
  await cp(path.join(ROOT, 'test/infra/consumer/app.ts'), path.join(consumer, 'app.mts'))
  await run(process.execPath, ['app.mts'], {
    cwd: consumer,
    env: { ...process.env, CDK_OUTDIR: `${consumer}/cdk.out` },
  })
  const template = await readFile(path.join(consumer, 'cdk.out/Security.template.json'), 'utf8')
  resources = Object.entries(JSON.parse(template).Resources)
})
afterAll(() => rm(consumer, { recursive: true }))

describe('the construct in another CDK app', () => {
  it('brings along zod, and no command, no Node and nothing that only the functions need', async () => {
    const manifest = JSON.parse(
      await readFile(path.join(consumer, 'node_modules/breach-reset/package.json'), 'utf8'),
    )
    expect(Object.keys(manifest.dependencies)).toEqual(['zod'])
    expect(Object.keys(manifest)).not.toEqual(expect.arrayContaining(['bin']))
    expect(Object.keys(manifest)).not.toEqual(expect.arrayContaining(['optionalDependencies']))
    expect(Object.keys(manifest.peerDependencies)).toEqual(['aws-cdk-lib', 'constructs'])
  })

  it('stands in one stack twice, each with everything of its own', () => {
    const count = (type: string) => resources.filter(([, { Type }]) => Type === type).length
    expect([count('AWS::SQS::Queue'), count('AWS::KMS::Key'), count('AWS::CloudWatch::Dashboard')]).toEqual([
      6, 2, 2,
    ])
    const us = resources.filter(([, { Properties }]) =>
      JSON.stringify(Properties?.Tags ?? []).includes('"us"'),
    )
    expect(us.length).toBeGreaterThan(5)
    expect(us.every(([logicalId]) => logicalId.startsWith('Second'))).toBe(true)
  })

  it("works with the app's own key, topics and role, which only deployment gives ARNs", () => {
    const textOf = (prefix: string) =>
      JSON.stringify(resources.find(([logicalId]) => logicalId.startsWith(prefix))?.[1].Properties)
    expect(textOf('SecondBreachQueue')).toMatch(/"KmsMasterKeyId":\{"Fn::GetAtt":\["OwnKey/)
    expect(textOf('SecondConfigurationFault')).toMatch(/"AlarmActions":\[\{"Ref":"Pages/)
    expect(textOf('SecondBreachQueuePolicy')).toMatch(/"Sid":"ProducerAccountsAndRoles"/)
    expect(textOf('BreachResetBreachQueueSecurityBreaches')).toMatch(/"TopicArn":\{"Ref":"Breaches/)
  })

  it("lets a role of the app send: on the queue and with the queue's key", () => {
    const policy = resources.find(([logicalId]) => logicalId.startsWith('DetectorDefaultPolicy'))
    const text = JSON.stringify(policy?.[1].Properties)
    expect(text).toMatch(/"sqs:SendMessage".*BreachResetBreachQueue/)
    expect(text).toMatch(/"kms:GenerateDataKey\*?".*BreachResetKey/)
  })

  it('deploys the bundles that were made here, and they load on their own', async () => {
    const assets = (await readdir(path.join(consumer, 'cdk.out'))).filter((name) => name.startsWith('asset.'))
    expect(assets).toHaveLength(2)
    for (const asset of assets) {
      const file = path.join(consumer, 'cdk.out', asset, 'index.js')
      expect(await readFile(file, 'utf8')).not.toMatch(/sso_start_url|credential_process/)
      const load = `typeof require('${file}').handler`
      const { stdout } = await run(process.execPath, ['-p', load], { env: ENVIRONMENT })
      expect(stdout.trim()).toBe('function')
    }
  })

  it('has types that a strict consumer can compile against', async () => {
    const flags = [
      '--noEmit',
      '--strict',
      '--module',
      'nodenext',
      '--target',
      'es2024',
      '--types',
      'node',
      '--skipLibCheck',
    ]
    await expect(run(process.execPath, [TSC, ...flags, 'app.mts'], { cwd: consumer })).resolves.toBeDefined()
  })
})
