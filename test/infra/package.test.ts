import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { accepted, EVENT, settled, skipped } from '../cli/progress/facts.ts'
import { openProgressTable } from '../cli/progress/open-progress.ts'
import { BUNDLE_ENVIRONMENT } from './bundle-environment.ts'
import { openSqs } from './local/sqs/open-sqs.ts'
import { nodesHere, pack } from './pack.ts'

const run = promisify(execFile)
const ROOT = path.join(import.meta.dirname, '../..')
const TSC = path.join(ROOT, 'node_modules/typescript/bin/tsc')
type Resource = { Type: string; Properties?: Record<string, unknown> }
let consumer: string
let resources: [string, Resource][]
let outputs: string[]
let typeErrors: string

/** Compiling and bundling takes half a minute, and several times as long on a busy machine. */
const BUILD_TIMEOUT_MS = 300_000

/** Another project, which has the package of `npm run build && npm pack ./dist`, and nothing else of this repository. */
beforeAll(async () => {
  consumer = await mkdtemp(path.join(tmpdir(), 'consumer-'))
  await install(await pack(consumer))
  await cp(path.join(ROOT, 'test/infra/consumer/app.ts'), path.join(consumer, 'app.mts'))
  await cp(path.join(ROOT, 'docs/examples/send-list.ts'), path.join(consumer, 'send-list.mts'))
  await writeFile(path.join(consumer, 'names.mts'), NAMES)
  const env = { ...process.env, CDK_OUTDIR: `${consumer}/cdk.out` }
  const compile = run(process.execPath, [TSC, ...STRICT, 'app.mts', 'send-list.mts', 'names.mts'], {
    cwd: consumer,
  })
  ;[typeErrors] = await Promise.all([
    compile.then(
      () => '',
      ({ stdout }) => stdout,
    ),
    run(process.execPath, ['app.mts'], { cwd: consumer, env }),
  ])
  const template = await readFile(path.join(consumer, 'cdk.out/Security.template.json'), 'utf8')
  const { Resources, Outputs } = JSON.parse(template)
  resources = Object.entries(Resources)
  outputs = Object.keys(Outputs)
}, BUILD_TIMEOUT_MS)
afterAll(() => rm(consumer, { recursive: true }))

/** Unpacks the tarball where npm would, next to what a consumer has: the CDK, the AWS SDK, zod and types. */
async function install(tarball: string): Promise<void> {
  const installed = path.join(consumer, 'node_modules/breach-reset')
  await mkdir(installed, { recursive: true })
  await run('tar', ['-xzf', tarball, '--strip-components=1', '-C', installed])
  await link('aws-cdk-lib', 'constructs', 'leven', 'yargs', 'zod', '@types', '@aws-sdk')
}

async function link(...packages: string[]): Promise<void> {
  for (const name of packages)
    await symlink(path.join(ROOT, 'node_modules', name), path.join(consumer, 'node_modules', name))
}

/** The types that a program needs to name what goes into the library and comes out. */
const NAMES = `
import type { Adapted, Adapter } from 'breach-reset/adapters'
import type { BreachEvent, EventDraft, EventResult, Prepared, Problem, SendOptions } from 'breach-reset/producer'
export type All = [Adapted, Adapter, BreachEvent, EventDraft, EventResult, Prepared, Problem, SendOptions]`

/** What the commands need beyond what a producer and a CDK app have. */
const COMMANDS_NEED = ['cli-progress', 'dataloader', 'echarts', 'jsonc-parser', 'p-limit']

const STRICT = [
  '--singleThreaded',
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

describe('the package', () => {
  const inPackage = (file: string) => path.join(consumer, 'node_modules/breach-reset', file)
  const list = async (ending: string) =>
    (await readdir(inPackage('.'), { recursive: true })).filter((file) => file.endsWith(ending))

  it('has every module that a module imports, and names every package, those of commands as optional', async () => {
    const manifest = JSON.parse(await readFile(inPackage('package.json'), 'utf8'))
    expect(Object.keys(manifest.dependencies)).toEqual(['leven', 'yargs', 'zod'])
    expect(Object.keys(manifest.peerDependencies)).toEqual([
      'aws-cdk-lib',
      'constructs',
      '@aws-sdk/client-sqs',
    ])
    expect(Object.keys(manifest.peerDependenciesMeta)).toEqual(Object.keys(manifest.peerDependencies))
    const named = { ...manifest.dependencies, ...manifest.optionalDependencies, ...manifest.peerDependencies }
    const used = new Set<string>()
    for (const file of (await list('.js')).filter((file) => !file.startsWith('bundles'))) {
      const text = await readFile(inPackage(file), 'utf8')
      // What Node 20 lacks; `npm run build` checks it by types.
      expect(text).not.toMatch(/\b(?:Map|Object)\.groupBy\(|\bPromise\.(?:withResolvers|try)\(/)
      for (const [, from = ''] of text.matchAll(/^(?:import|export) [^;]*?from '([^']+)';$/gm)) {
        if (from.startsWith('.'))
          expect(existsSync(inPackage(path.join(path.dirname(file), from)))).toBe(true)
        else if (!from.startsWith('node:')) used.add(from.split('/', from.startsWith('@') ? 2 : 1).join('/'))
      }
    }
    expect([...used].sort()).toEqual(Object.keys(named).sort())
  })

  it('documents each setting and each public member of the construct where an editor shows it', async () => {
    const files = ['props', 'breach-reset', 'functions', 'permissions', 'queues', 'storage']
    const texts = await Promise.all(files.map((file) => readFile(inPackage(`infra/${file}.d.ts`), 'utf8')))
    const lines = texts.join('\n').split('\n')
    const members = lines.flatMap((line, index) =>
      /^ {4}(readonly |(?!constructor)\w+\()/.test(line) ? [{ line, before: lines[index - 1] }] : [],
    )
    expect(members.length).toBeGreaterThan(80)
    expect(members.filter(({ before }) => !before?.endsWith('*/'))).toEqual([])
  })

  it('has the licenses of what is in the bundles', async () => {
    const licenses = await readFile(inPackage('THIRD-PARTY-LICENSES.txt'), 'utf8')
    expect(licenses).toMatch(/^zod 4\.\S+ \(MIT\)\n[^-]*Copyright \(c\) \d+ Colin McDonnell/m)
    expect(licenses).toMatch(/^@middy\/core \S+ \(MIT\)\n[^-]*Copyright Middy contributors/m)
    expect(licenses).not.toMatch(/^vitest |undefined|no license named/m)
  })

  it('has the documentation, in which no link leads out of the package', async () => {
    const pages = await list('.md')
    expect(pages).toEqual(expect.arrayContaining(['README.md', 'SECURITY.md', 'docs/deploy.md']))
    const missing = []
    for (const page of pages) {
      const text = await readFile(inPackage(page), 'utf8')
      for (const [, to = ''] of text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g))
        if (!existsSync(inPackage(path.join(path.dirname(page), to)))) missing.push(`${page}: ${to}`)
    }
    expect(missing).toEqual([])
  })
})

describe('the construct in another CDK app', () => {
  it('can be in one stack twice, each with resources of its own', () => {
    const count = (type: string) => resources.filter(([, { Type }]) => Type === type).length
    expect([count('AWS::SQS::Queue'), count('AWS::KMS::Key'), count('AWS::CloudWatch::Dashboard')]).toEqual([
      10, 3, 2,
    ])
    const us = resources.filter(([, { Properties }]) =>
      JSON.stringify(Properties?.Tags ?? []).includes('"us"'),
    )
    expect(us.length).toBeGreaterThan(5)
    expect(us.every(([logicalId]) => logicalId.startsWith('Second'))).toBe(true)
  })

  it('adds the outputs that the command looks for', () => {
    expect(outputs).toEqual(expect.arrayContaining(['BreachQueueUrl', 'FunctionRoleIds', 'FanOutMapping']))
  })

  it("works with the app's own key, topics and role, whose ARNs and ids are only known at deployment", () => {
    const textOf = (prefix: string) =>
      JSON.stringify(resources.find(([logicalId]) => logicalId.startsWith(prefix))?.[1].Properties)
    expect(textOf('SecondBreachQueue')).toMatch(/"KmsMasterKeyId":\{"Fn::GetAtt":\["OwnKey/)
    expect(textOf('OwnKey')).toMatch(/"Service":\{"Fn::Join":\["",\["logs\..*"Service":"sns\.amazonaws\.com"/)
    expect(textOf('SecondConfigurationFault')).toMatch(/"AlarmActions":\[\{"Ref":"Pages/)
    expect(textOf('SecondBreachQueuePolicy')).toMatch(/"Sid":"ProducerAccountsAndRoles"/)
    const functions = resources.filter(([, { Type }]) => Type === 'AWS::Lambda::Function')
    expect(JSON.stringify(functions)).toMatch(/"SOURCES":[^}]*"Fn::GetAtt":\["Detector\w+","RoleId"\]/)
    expect(textOf('BreachResetBreachQueueSecurityBreaches')).toMatch(/"TopicArn":\{"Ref":"Breaches/)
  })

  it("lets a role of the app send: on the queue and with the queue's key", () => {
    const policy = resources.find(([logicalId]) => logicalId.startsWith('DetectorDefaultPolicy'))
    const text = JSON.stringify(policy?.[1].Properties)
    expect(text).toMatch(/"sqs:SendMessage".*BreachResetBreachQueue/)
    expect(text).toMatch(/"kms:GenerateDataKey\*?".*BreachResetBreachKey/)
  })

  it('deploys the bundles made here, and they load on their own', async () => {
    const assets = (await readdir(path.join(consumer, 'cdk.out'))).filter((name) => name.startsWith('asset.'))
    expect(assets).toHaveLength(3)
    const files = assets.map((asset) => path.join(consumer, 'cdk.out', asset, 'index.js'))
    for (const file of files)
      expect(await readFile(file, 'utf8')).not.toMatch(/sso_start_url|credential_process/)
    const load = `${JSON.stringify(files)}.map((file) => typeof require(file).handler).join()`
    const { stdout } = await run(process.execPath, ['-p', load], { env: BUNDLE_ENVIRONMENT })
    expect(stdout.trim()).toBe('function,function,function')
  })

  it('has types that a strict consumer can compile against', () => {
    expect(typeErrors).toBe('')
  })
})

describe.each(nodesHere())('the command, run by %s', (node) => {
  const FILE = 'node_modules/breach-reset/docs/examples/events/every-field.json'
  const breachReset = (args: readonly string[], environment: Record<string, string> = {}) => {
    const env = { ...process.env, ...environment }
    const main = 'node_modules/breach-reset/cli/main.js'
    return run(node, [main, ...args], { cwd: consumer, env }).then(
      (output) => ({ code: 0, ...output }),
      ({ code, stdout, stderr }) => ({ code, stdout, stderr }),
    )
  }

  it('says which npm install brings what a command needs', async () => {
    await Promise.all(
      COMMANDS_NEED.map((name) => rm(path.join(consumer, 'node_modules', name), { force: true })),
    )
    const { code, stderr } = await breachReset(['validate', FILE])
    expect(stderr).toMatch(/^validate needs the package [\w-]+: npm install --include=optional [^\n]*\n$/)
    expect(code).toBe(2)
    await link(...COMMANDS_NEED)
  })

  it.runIf(node === nodesHere()[0])(
    'says what needs the local system, and where that is to be had',
    async () => {
      const parts = {
        start: ['start'],
        'smoke --local': ['smoke', '--local'],
        'send --local': ['send', FILE, '--local'],
      }
      const refusals = await Promise.all(Object.values(parts).map((args) => breachReset(args)))
      expect(refusals.map(({ code, stderr }) => [code, stderr])).toEqual(
        Object.keys(parts).map((part) => [
          2,
          expect.stringMatching(`^${part} needs the local system, .* in a clone`),
        ]),
      )
    },
  )

  it('prints its version and its commands, and completes them', async () => {
    const [version, help, script] = await Promise.all([
      breachReset(['version']),
      breachReset(['help']),
      breachReset(['completion', 'bash']),
    ])
    expect(version).toEqual({ code: 0, stdout: '0.1.0\n', stderr: '' })
    expect(help).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^usage: [\s\S]*redrive/),
      stderr: '',
    })
    const [, main = ''] = /(\S+) --get-yargs-completions/.exec(script.stdout) ?? []
    expect(existsSync(main)).toBe(true)
  })

  it('checks and sends an event, and shows what became of one', async () => {
    const { sqs, queue } = await openSqs()
    const { url } = await queue()
    const { put, environment } = await openProgressTable()
    await put(accepted('0'), settled('require-reset', [skipped(0, 'covered')]))
    const env = { ...environment, AWS_ENDPOINT_URL_SQS: sqs.endpoint }
    const [validate, send, status] = await Promise.all([
      breachReset(['validate', FILE]),
      breachReset(['send', FILE, '--queue-url', url], env),
      breachReset(['status', EVENT.id, '--table', 'Progress'], env),
    ])
    expect([validate.code, send.code, status.code]).toEqual([0, 0, 0])
    expect(sqs.messages(url)).toHaveLength(1)
    expect(status.stdout).toMatch(/^FINISHED: 1 row: 1 skipped/)
  })
})

describe('the library for producers in another project', () => {
  it('sends a list and what a vendor delivers, and reports how each event ended', async () => {
    const { sqs, queue } = await openSqs()
    const { url } = await queue()
    const env = {
      ...{ ...process.env, BREACH_QUEUE_URL: url, AWS_ENDPOINT_URL_SQS: sqs.endpoint },
      ...{ AWS_REGION: 'eu-central-1', AWS_ACCESS_KEY_ID: 'any', AWS_SECRET_ACCESS_KEY: 'any' },
    }
    const page = 'node_modules/breach-reset/docs/examples/vendors/spycloud.json'
    // The example has a broken record, which makes it end with 1.
    const sending = run(process.execPath, ['send-list.mts', page], { cwd: consumer, env })
    const { code, stdout, stderr } = await sending.catch((error) => error)
    expect(code).toBe(1)
    const sent = sqs.messages(url).map(({ body }) => JSON.parse(body))
    expect(sent.map(({ id, data }) => `${id}: ${data.members.length} members, sent`).join('\n')).toBe(
      stdout.trim(),
    )
    expect(sent.map(({ id }) => id)).toContain('harvest-41234')
    expect(sent.length).toBeGreaterThan(2)
    expect(stderr).toMatch(/^results\.\d: email: must be/)
    expect(stdout + stderr + JSON.stringify(sent)).not.toContain('CANARY')
  })

  it('has the schemas, and examples that one of them accepts', async () => {
    const load = `
      import schema from 'breach-reset/breach-event.v1.schema.json' with { type: 'json' }
      import event from 'breach-reset/examples/events/every-field.json' with { type: 'json' }
      import outcomes from 'breach-reset/outcome-event.v1.schema.json' with { type: 'json' }
      console.log(JSON.stringify([schema, event, outcomes.$id]))`
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', load], { cwd: consumer })
    const [schema, event, id] = JSON.parse(stdout)
    expect(new Ajv2020().validate(schema, event)).toBe(true)
    expect(id).toBe('urn:breach-reset:schema:outcome-event.v1')
  })
})
