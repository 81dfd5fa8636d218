import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

const ROOT = path.join(import.meta.dirname, '../..')
const INLINE = /`((?:npm|npx|aws|git|export) [^`]+)`/g

/** Every command in README.md, CONTRIBUTING.md and docs/*.md, once each: lines of shell blocks, and commands in backticks. */
export function extractCommands(): string[] {
  const docs = readdirSync(path.join(ROOT, 'docs')).filter((file) => file.endsWith('.md'))
  const pages = ['README.md', 'CONTRIBUTING.md', ...docs.map((file) => `docs/${file}`)]
  const commands = pages.flatMap((page) => {
    const text = readFileSync(path.join(ROOT, page), 'utf8')
    const blocks = [...text.matchAll(/^ *```sh\n([\s\S]*?)^ *```$/gm)].map(([, block = '']) => block)
    const lines = blocks.flatMap((block) => block.replaceAll(/\\\n\s*/g, '').split('\n'))
    const inline = [...text.matchAll(INLINE)].map(([, command = '']) => command)
    return [...lines.map((line) => line.trim()).filter(Boolean), ...inline]
  })
  return [...new Set(commands)]
}

/** How a command of the docs is checked: run as it is, run until it prints a text, or by something else, which is named. */
export type Check = 'run' | { until: string } | 'aws arguments' | { by: string }

const IN_AWS = { by: 'needs an account: until then it ends with "Unable to resolve AWS account"' }
const ENDPOINTS = {
  by: 'test/cli, against local endpoints of CloudFormation, SQS, DynamoDB, Lambda and CloudWatch Logs',
}
const LEDGER = { by: 'test/cli/ledger' }
const SAMPLE = { by: 'test/docs/examples, against a local queue and under a Python of npm' }
const VENDORS = {
  by: 'test/cli/system/send-local.test.ts, exit code 3: one with --local, the others to the queue of one system',
}
const BY_HAND = { by: 'hand' }
const AT_STYTCH = { by: 'test/docs/runbook.test.ts, against the requests of end-sessions' }

/** Every command of the docs, in the order to run them, except those of `aws` to its services. */
const COMMANDS: Record<string, Check> = {
  'npm ci': 'run',
  'npm ci && npm start': 'run',
  'npm start': 'run',
  'npm start -- path/to/event.json': 'run',
  'npm start -- --members 5000': 'run',
  'npm start -- --members 1000000': { by: 'hand: half an hour and more' },
  'npm start -- --crash': 'run',
  'npm run chaos -- --seconds 20': 'run',
  'npm start -s -- --json': 'run',
  'npm start -- --keep': { until: 'breach-reset pause' },
  'npx --no breach-reset smoke --local': 'run',
  'npx --no breach-reset redrive --help': 'run',
  'npx --no breach-reset ledger --help': 'run',
  'npx cdk synth --quiet -c stage=prod': 'run',
  'npm run format': 'run',
  'npm run lint': 'run',
  'npm run types': 'run',
  'npx vitest test/functions': { by: 'hand: it watches' },
  'npm run nightly': { by: 'hand, and .github/workflows/nightly.yml: twenty minutes' },
  'npx vitest run test/canary': 'run',
  "npm version --ignore-scripts=false -m 'Release %s' minor": BY_HAND,
  'git push --follow-tags': BY_HAND,
  'npx --no breach-reset help': 'run',
  'npm install --omit=optional': { by: '.ci/try-package' },
  'npm run build && npm pack ./dist': 'run',
  'git config blame.ignoreRevsFile .git-blame-ignore-revs': 'run',
  'git blame': BY_HAND,
  'npx vitest run test/lib/stytch': 'run',
  'npm run dashboard': 'run',
  'npm run bench -- --chart docs/performance.svg': { by: 'hand: twelve minutes' },
  'npm run bench': { by: 'hand: twelve minutes; test/bench/system/main.test.ts runs it with --quick' },
  'npm run bench -- --stack': { by: 'hand; test/bench/stack/system/main.test.ts, few members' },
  'npm run bench -- --stack --part memory': { by: 'hand: a few minutes' },
  'npm run bench -- --stack --part sessions': { by: 'hand: ten minutes' },
  'npm run schema': 'run',
  'npm run node -- test/cli/interrupted-send/main.ts 100000': {
    by: 'hand; the nightly test sends 400',
  },
  'npx --no breach-reset validate docs/examples/events/smallest.json': 'run',
  'npx --no breach-reset send docs/examples/events/smallest.json --local': 'run',
  'npx --no breach-reset validate --help': 'run',
  'npx --no breach-reset send --help': 'run',
  'npm run simulate': 'run',
  'npm run simulate -- --seeds 500 --first-seed 20001': 'run',
  'npm run simulate -- --seeds 500': 'run',
  'npm run simulate -- --bugs': 'run',
  "npm run simulate -- --seeds 200 --bug 'ignores UnprocessedItems'": {
    by: 'test/simulation/main.test.ts, exit code 1',
  },
  'npm run simulate -- --outage': 'run',
  'npm ci && npm run build && npm pack ./dist': 'run',
  'npm ci && npm test': 'run',
  'npm test': { by: 'npm ci && npm test' },
  'git tag deployed-$(date +%Y-%m-%dT%H%M)': 'run',
  'npx cdk bootstrap -c stage=prod': IN_AWS,
  'npx cdk diff -c stage=prod': IN_AWS,
  'npx cdk deploy -c stage=prod': IN_AWS,
  'npx cdk destroy -c stage=prod': IN_AWS,
  'npx --no breach-reset smoke --stage prod': ENDPOINTS,
  'npx --no breach-reset redrive --stage prod': ENDPOINTS,
  'npx --no breach-reset redrive --stage prod --code organization_suspended --go': ENDPOINTS,
  'npx --no breach-reset redrive --stage prod --code not_json --delete': ENDPOINTS,
  'npx --no breach-reset redrive --stage prod --code canary --delete': ENDPOINTS,
  'npx --no breach-reset redrive --stage prod --code over_hourly_limit --go': ENDPOINTS,
  'npx --no breach-reset redrive --stage prod --code over_hourly_limit --delete': ENDPOINTS,
  'npx --no breach-reset redrive --stage prod --code over_hourly_limit --show': ENDPOINTS,
  'npx --no breach-reset redrive --stage prod --event harvest-41234 --split': ENDPOINTS,
  'npx --no breach-reset redrive --stage prod --event harvest-41234 --delete': ENDPOINTS,
  'npx --no breach-reset redrive --stage prod --source <source> --show': ENDPOINTS,
  'npx --no breach-reset redrive --stage prod --source <source> --delete': ENDPOINTS,
  'npx --no breach-reset redrive --stage prod --rehearsed': ENDPOINTS,
  'npx --no breach-reset redrive --stage prod --rehearsed --source urn:example:stealer-log-feed --go':
    ENDPOINTS,
  'npx --no breach-reset pause --stage prod': ENDPOINTS,
  'npx --no breach-reset pause --stage prod --function require-reset --function end-sessions': ENDPOINTS,
  'npx --no breach-reset ledger check people.txt --stage prod': LEDGER,
  'npx --no breach-reset ledger restore --from-table Ledger-restored --stage prod': LEDGER,
  'npx --no breach-reset ledger restore --from-table Ledger-restored --stage prod --go': LEDGER,
  'npx --no breach-reset pause --stage prod --function require-reset': ENDPOINTS,
  'npx --no breach-reset resume --stage prod': ENDPOINTS,
  'npx --no breach-reset resume --stage prod --function fan-out': ENDPOINTS,
  'npx --no breach-reset resume --stage prod --function require-reset': ENDPOINTS,
  'npm run drill': { by: 'hand, and npm run nightly: minutes each' },
  'npx --no breach-reset validate event.json': { by: 'test/cli/validate.test.ts' },
  'npx --no breach-reset send event.json --stage prod': ENDPOINTS,
  'npx --no breach-reset send members.csv --reason infostealer --exposed-at 2026-11-18 --breach hibp:ExampleForum2026 --stage prod':
    ENDPOINTS,
  'npx --no breach-reset send docs/examples/vendors/spycloud.json --from spycloud --local --skip-invalid':
    VENDORS,
  'npx --no breach-reset send docs/examples/vendors/enzoic.json --from enzoic --local --skip-invalid':
    VENDORS,
  'npx --no breach-reset send docs/examples/vendors/hibp-domain-search.json --from hibp --domain customer.example --breaches docs/examples/vendors/hibp-breaches.json --local --skip-invalid':
    VENDORS,
  'npx --no breach-reset send docs/examples/vendors/hibp.json --from hibp --local --skip-invalid': VENDORS,
  'npx --no breach-reset send docs/examples/vendors/push-security.json --from push-security --local --skip-invalid':
    VENDORS,
  'npx --no breach-reset status --stage prod': ENDPOINTS,
  'npx --no breach-reset status harvest-41234 --stage prod': ENDPOINTS,
  'npx --no breach-reset status harvest-41234 --stage prod --watch': ENDPOINTS,
  'npx --no breach-reset status harvest-41234 --stage prod --json': ENDPOINTS,
  'npx --no breach-reset report harvest-41234 --stage prod': ENDPOINTS,
  'npx --no breach-reset report harvest-41234 --stage prod --people event.json': ENDPOINTS,
  'npx --no breach-reset report harvest-41234 --stage prod --csv': ENDPOINTS,
  'npx --no breach-reset send event.json --members-per-event 10000 --queue-url URL': BY_HAND,
  'npx --no breach-reset send event.json --stage prod --wait': ENDPOINTS,
  'npm start -- --report report.html': 'run',
  'npm install <path to>/breach-reset-0.1.0.tgz @aws-sdk/client-sqs': { by: 'test/infra/package.test.ts' },
  'cp node_modules/breach-reset/docs/examples/send-list.ts .': { by: 'test/infra/package.test.ts' },
  'node send-list.ts node_modules/breach-reset/docs/examples/vendors/spycloud.json': {
    by: 'test/infra/package.test.ts, against a local queue',
  },
  'npm start -- docs/examples/events/smallest.json --keep': { until: 'breach-reset pause' },
  'npx --no breach-reset send docs/examples/events/smallest.json --stage local': {
    by: 'test/cli/start/system/keep.test.ts',
  },
  'npm init -y && npm pkg set type=module': BY_HAND,
  'npm run node -- docs/examples/send-event.ts': SAMPLE,
  'python3 docs/examples/send_event.py': SAMPLE,
  'npm install <path to>/breach-reset-0.1.0.tgz': { by: 'test/infra/package.test.ts' },
  'git pull': BY_HAND,
  'git checkout': BY_HAND,
  ...Object.fromEntries(
    [
      '--json @organizations.json https://api.stytch.com/v1/b2b/organizations/search',
      '--json @members.json https://api.stytch.com/v1/b2b/organizations/members/search',
      `--json '{"member_id":"<member_id>"}' https://api.stytch.com/v1/b2b/sessions/revoke`,
      '--get -d organization_id=<organization_id> -d member_id=<member_id> https://api.stytch.com/v1/b2b/sessions',
    ].map((request) => [`curl -u <project id> ${request}`, AT_STYTCH]),
  ),
  'aws configure': BY_HAND,
  'aws configure sso': BY_HAND,
  'aws sso login': BY_HAND,
  'export AWS_PROFILE=<name>': BY_HAND,
}

/** The commands with how each is checked. Those of `aws` are checked against the AWS CLI's model of its services. */
export function checksOf(extracted: readonly string[]): [command: string, check: Check][] {
  const services = extracted.filter((command) => /^aws (?!configure|sso )/.test(command))
  return [
    ...Object.entries(COMMANDS),
    ...services.map((command) => [command, 'aws arguments'] as [string, Check]),
  ]
}
