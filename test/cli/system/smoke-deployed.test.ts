import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { openAwsClients } from '../../../cli/aws.ts'
import { exitCodeOf, runCheck } from '../../../cli/smoke/check.ts'
import { findDeployed } from '../../../cli/smoke/target.ts'
import { smoke as command } from '../../../cli/smoke.ts'
import { commandVariables } from '../../../infra/local/access.ts'
import { type LocalSystem, startLocalSystem } from '../../../infra/local/local-system.ts'
import { stages } from '../../fixtures/stages.ts'
import { waitUntil } from '../../infra/local/system/wait-until.ts'
import { runCommand } from '../run-command.ts'
import { startFakeAws } from '../start-fake-aws.ts'

/** Error types by IAM action, or what would be one. */
const denied = new Map<string, string>()
const sent: unknown[] = []
const lines: string[] = []
const stacks: Record<string, Record<string, string>> = {}
let system: LocalSystem
let aws: Awaited<ReturnType<typeof startFakeAws>>
let loseResponse = false

const outputsOf = ({ queues }: LocalSystem) => ({
  BreachQueueUrl: queues.breach.url,
  ResetQueueUrl: queues.reset.url,
  DeadLetterQueueUrl: queues.deadLetter.url,
  FanOutLogGroup: 'fan-out',
  RequireResetLogGroup: 'require-reset',
  ...(queues.sessions && { SessionsQueueUrl: queues.sessions.url, EndSessionsLogGroup: 'end-sessions' }),
})

beforeAll(async () => {
  system = await startLocalSystem({
    stageName: 'dev',
    stage: { ...stages.local, stytchRequestsPerSecond: 1000 },
    onLog: (line) => lines.push(line),
    intercept: async ({ service, action, caller, body }) => {
      if (caller === 'smoke' && action === 'SendMessage') sent.push(body)
      const errorType = denied.get(`${service}:${action}`)
      return errorType && (caller === 'smoke' || service !== 'sqs') ? { status: 400, errorType } : 'pass'
    },
    beforeResponse: async (name) => (loseResponse && name.startsWith('RequireReset') ? 'drop' : 'pass'),
  })
  stacks['BreachReset-dev'] = outputsOf(system)
  aws = await startFakeAws({ stacks, lines, denied })
})
afterAll(() => Promise.all([system?.stop(), aws?.stop()]))
afterEach(() => denied.clear())

const credentials = { accessKeyId: 'smoke', secretAccessKey: 'smoke' }
const common = { region: 'us-east-1', credentials }

/** What the command does with a deployed stack, but looking more often. */
async function smoke(
  stackName: string,
  { timeoutMs = 20_000, uuid = crypto.randomUUID(), to = system, clockAheadMs = 0 } = {},
) {
  const clients = {
    ...openAwsClients(common),
    cloudFormation: openAwsClients({ ...common, endpoint: aws.cloudFormation.url }).cloudFormation,
    logs: openAwsClients({ ...common, endpoint: aws.logs.url }).logs,
    sqs: openAwsClients({
      ...{ ...common, endpoint: to.endpoints.sqs },
      credentials: { ...credentials, sessionToken: to.token },
    }).sqs,
  }
  const target = await findDeployed(stackName, clients)
  const now = () => Date.now() + clockAheadMs
  const deps = { timeoutMs, now, sleep: () => sleep(20), onSend: () => {} }
  const result = await runCheck(target, uuid, deps)
  return { ...result, exitCode: exitCodeOf(result) }
}

describe('smoke against a deployed stage', () => {
  it('says that the secret is empty', async () => {
    system.putStytchSecret({ project_id: '', secret: '' })
    loseResponse = true
    expect(await smoke('BreachReset-dev')).toMatchObject({
      ...{ exitCode: 1, outcome: 'deferred', code: 'stytch_secret_invalid' },
      sentence: expect.stringContaining('docs/deploy.md#5-fill-in-the-stytch-key'),
    })
    await waitUntil(
      'the function that has read it to be gone',
      () => system.functions.requireReset.running() === 0,
    )
    loseResponse = false
    system.putStytchSecret(system.credentials)
  })

  it('passes when the made-up address is not a member, and nobody whom the search finds', async () => {
    expect(await smoke('BreachReset-dev')).toMatchObject({
      ...{ exitCode: 0, outcome: 'skipped', code: 'no_member_found', passed: true },
      proves: expect.arrayContaining(['breach queue', 'Stytch key', 'password mode', 'Stytch search']),
      project_id: system.credentials.project_id,
    })
  })

  it('passes a stage without end-sessions, or one from before it, by what require-reset says', async () => {
    const { SessionsQueueUrl: _, EndSessionsLogGroup: __, ...older } = outputsOf(system)
    stacks.older = older
    const result = await smoke('older')
    expect(result).toMatchObject({ exitCode: 0, code: 'not_a_member', passed: true })
    expect(result.proves).toContain('password mode')
    expect(result.proves).not.toContain('sessions queue')
  })

  it('says what Stytch refused end-sessions', async () => {
    const uuid = crypto.randomUUID()
    system.stytch.fault({
      ...{ kind: 'error', status: 400, errorType: 'invalid_query' },
      ...{ endpoint: 'search_organizations', email: `breach-reset-canary-${uuid}@example.com` },
    })
    const result = await smoke('BreachReset-dev', { uuid })
    expect(result).toMatchObject({ exitCode: 1, outcome: 'dead_lettered', code: 'sessions_refused' })
    expect(result.sentence).toMatch(/refuses the search.*dead-letter queue now: delete it/)
    expect(result.proves).toContain('end-sessions')
  })

  it('says that the key is wrong', async () => {
    system.stytch.rotateSecret('another')
    expect(await smoke('BreachReset-dev')).toMatchObject({
      ...{ exitCode: 1, outcome: 'deferred', code: 'unauthorized_credentials', passed: false },
      sentence: expect.stringContaining('Stytch refuses the key'),
      proves: ['breach queue', 'fan-out', 'reset queue', 'require-reset'],
    })
    system.stytch.rotateSecret(system.credentials.secret)
  })

  it('says that the password mode is wrong', async () => {
    system.stytch.settings.passwords = 'organization_scoped'
    expect(await smoke('BreachReset-dev')).toMatchObject({
      ...{ exitCode: 1, outcome: 'deferred', code: 'cross_org_passwords_not_enabled' },
    })
    system.stytch.settings.passwords = 'cross_org'
  })
})

describe('smoke against a deployed stage that dead-letters the event', () => {
  it('says what Stytch refused, and that the event is a dead letter now', async () => {
    system.stytch.fault({ kind: 'error', status: 400, errorType: 'dry_run', times: 1 })
    const result = await smoke('BreachReset-dev')
    expect(result).toMatchObject({ exitCode: 1, outcome: 'dead_lettered', code: 'stytch_error_dry_run' })
    expect(result.sentence).toMatch(/error reference.*dead-letter queue now: delete it/)
  })

  it('says that the clock of this machine is ahead, which fan-out refuses', async () => {
    const result = await smoke('BreachReset-dev', { clockAheadMs: 330_000 })
    expect(result).toMatchObject({ exitCode: 1, outcome: 'dead_lettered', code: 'in_future' })
    expect(result.proves).toEqual(['breach queue', 'fan-out'])
  })

  it('cries out when the made-up address exists', async () => {
    const uuid = crypto.randomUUID()
    const email = `breach-reset-canary-${uuid}@example.com`
    system.stytch.addMember({ email, organizationId: system.stytch.addOrganization().organizationId })
    system.stytch.setPassword(email)
    const result = await smoke('BreachReset-dev', { uuid })
    expect(result).toMatchObject({ exitCode: 1, outcome: 'reset' })
    expect(result.sentence).toContain('EXISTS')
  })
})

describe('smoke against a deployed stage that lacks something', () => {
  it('names the error behind a ledger that cannot be read', async () => {
    denied.set('dynamodb:BatchGetItem', 'AccessDeniedException')
    const { code, sentence } = await smoke('BreachReset-dev')
    expect(code).toBe('ledger_unavailable')
    expect(sentence).toContain('(AccessDeniedException)')
  })

  it('says on which queue the event waits when no line comes', async () => {
    const { url } = await system.inspector.createQueue('paused', {})
    stacks.paused = { ...outputsOf(system), BreachQueueUrl: url }
    const { exitCode, outcome, code } = await smoke('paused', { timeoutMs: 100 })
    expect([exitCode, outcome, code]).toEqual([1, 'no_line', 'waits_on_breach_queue'])
    denied.set('sqs:GetQueueAttributes', 'AccessDeniedException')
    expect(await smoke('paused', { timeoutMs: 100 })).toMatchObject({
      ...{ code: 'no_line', sentence: expect.stringContaining('without sqs:GetQueueAttributes') },
    })
  })

  it.each([
    ['AccessDenied', 'sqs:SendMessage was denied'],
    [
      'KmsAccessDenied',
      'sqs:SendMessage: KMS refused (KmsAccessDenied): you need kms:Decrypt and kms:GenerateDataKey',
    ],
    ['QueueDoesNotExist', 'sqs:SendMessage: there is no such queue in this account and region'],
    ['KMS.ThrottlingException', 'sqs:SendMessage: AWS throttles these requests'],
    ['SignatureDoesNotMatch', 'the clock of this machine'],
    ['ExpiredToken', 'the AWS credentials have expired'],
  ])('says what to do when SQS answers %s', async (errorType, sentence) => {
    denied.set('sqs:SendMessage', errorType)
    await expect(smoke('BreachReset-dev')).rejects.toThrow(sentence)
  })

  it('sends nothing that it may not follow', async () => {
    denied.set('logs:FilterLogEvents', 'AccessDeniedException')
    const before = sent.length
    await expect(smoke('BreachReset-dev')).rejects.toThrow('logs:FilterLogEvents was denied')
    expect(sent).toHaveLength(before)
  })

  it('names the outputs that a stack lacks', async () => {
    const { FanOutLogGroup: _, ResetQueueUrl: __, ...rest } = outputsOf(system)
    stacks.partial = rest
    await expect(smoke('partial')).rejects.toThrow('no output ResetQueueUrl, FanOutLogGroup')
  })
})

describe('breach-reset smoke --stage', () => {
  it("runs as a command with the SDK's own environment", async () => {
    const environment = {
      ...commandVariables(system, 'smoke'),
      AWS_ENDPOINT_URL_CLOUDFORMATION: aws.cloudFormation.url,
      AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: aws.logs.url,
    }
    const bare = { HOME: '/nonexistent', AWS_EC2_METADATA_DISABLED: 'true' }
    const nobody = { ...environment, ...bare, AWS_ACCESS_KEY_ID: undefined, AWS_PROFILE: undefined }
    const lost = { ...environment, ...bare, AWS_REGION: undefined, AWS_DEFAULT_REGION: undefined }
    const run = (args: string[], environment: Record<string, string | undefined>) =>
      runCommand(command, args, { environment })
    const passed = await run(['--stage', 'dev', '--json'], environment)
    const elsewhere = await run(['--stage', 'nowhere'], environment)
    const stranger = await run(['--stage', 'dev'], nobody)
    const regionless = await run(['--stage', 'dev'], lost)
    expect(JSON.parse(passed.stdout)).toMatchObject({ code: 'no_member_found', target: 'BreachReset-dev' })
    expect([passed.code, passed.stderr]).toEqual([0, ''])
    expect([elsewhere.code, elsewhere.stdout]).toEqual([1, expect.stringContaining('there is no stack')])
    expect([stranger.code, stranger.stdout]).toEqual([
      1,
      expect.stringContaining('no usable AWS credentials'),
    ])
    expect([regionless.code, regionless.stdout]).toEqual([1, expect.stringContaining('no AWS region')])
  })

  it('says that Stytch cannot be reached', async () => {
    await system.stytch.stop()
    expect(await smoke('BreachReset-dev')).toMatchObject({
      ...{ exitCode: 1, outcome: 'deferred', code: 'unreachable' },
      sentence: expect.stringContaining('NAT'),
    })
  })
})

it('says of a dry run what it proves, and how to prove the rest', async () => {
  const dryRun = await startLocalSystem({
    ...{ stageName: 'prod', stage: stages.prod },
    onLog: (line) => lines.push(line),
  })
  try {
    stacks['BreachReset-prod'] = outputsOf(dryRun)
    const result = await smoke('BreachReset-prod', { to: dryRun })
    expect(result).toMatchObject({ exitCode: 3, outcome: 'skipped', code: 'dry_run', passed: false })
    expect(result.sentence).toContain('docs/deploy.md#7-turn-on-enforce')
    expect(result.proves).not.toContain('Stytch key')
  } finally {
    await dryRun.stop()
  }
})
