import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type Check, checksOf, extractCommands } from './commands.ts'
import { documentedEntries, filesOf, jsonBlocksOf } from './pages.ts'

const ROOT = path.join(import.meta.dirname, '../..')
const PLACEHOLDERS = /<[^>]+>|"\$\w+"/g

/** Clones the last commit and runs the commands of the docs there, in the order of checks-of.ts. Exit code 1 when one fails. */
const clone = mkdtempSync(path.join(tmpdir(), 'docs-'))
spawnSync('git', ['clone', '--quiet', ROOT, clone], { stdio: 'inherit' })
const [event = ''] = jsonBlocksOf('docs/contract.md')
mkdirSync(`${clone}/path/to`, { recursive: true })
for (const file of ['path/to/event.json', 'event.json', 'stytch.json'])
  writeFileSync(`${clone}/${file}`, event)
for (const [file, text] of Object.entries(filesOf('docs/outcomes.md')))
  writeFileSync(`${clone}/${file}`, text)
writeFileSync(`${clone}/entries.json`, JSON.stringify(documentedEntries))
const { CDK_OUTDIR: _, npm_lifecycle_event: _event, ...environment } = process.env
const options = { cwd: clone, shell: true, env: { ...environment, PATH: withoutOurNode() } }
const withFakeKey = {
  ...{ ...options, encoding: 'utf8' as const },
  env: { ...options.env, AWS_ACCESS_KEY_ID: 'none', AWS_SECRET_ACCESS_KEY: 'none', AWS_MAX_ATTEMPTS: '1' },
}
const hasAws = spawnSync('aws --version', options).status === 0

let failed = 0
for (const [command, check] of checksOf(extractCommands())) {
  const started = Date.now()
  const verdict = await carryOut(command, check)
  if (verdict === 'FAILED') failed++
  console.log(`${verdict.padEnd(9)} ${((Date.now() - started) / 1000).toFixed(0).padStart(4)} s  ${command}`)
}
rmSync(clone, { recursive: true, force: true })
process.exit(failed === 0 ? 0 : 1)

async function carryOut(command: string, check: Check): Promise<string> {
  if (check === 'run') return spawnSync(command, options).status === 0 ? 'ran' : 'FAILED'
  if (check === 'aws arguments') {
    if (!hasAws) return 'no aws'
    const filled = command.replaceAll(PLACEHOLDERS, 'arn:aws:sqs:eu-central-1:111122223333:placeholder')
    // Arguments that its model accepts get as far as the network, where nobody listens.
    const asked = spawnSync(`${filled} --region eu-central-1 --endpoint-url http://127.0.0.1:9`, withFakeKey)
    return asked.stderr.includes('Could not connect') ? 'arguments' : 'FAILED'
  }
  return 'until' in check ? runUntil(command, check.until) : `by ${check.by}`
}

/** Runs it until it says so, then presses Ctrl-C. */
function runUntil(command: string, said: string): Promise<string> {
  const child = spawn(command, { ...options, detached: true })
  let output = ''
  child.stdout.on('data', (text) => {
    output += text
    if (output.includes(said) && child.pid) process.kill(-child.pid, 'SIGINT')
  })
  return new Promise((resolve) => {
    child.on('close', () => resolve(output.includes(said) ? 'ran' : 'FAILED'))
  })
}

/** As a user has it: without the folder of this checkout that npm puts first. */
function withoutOurNode(): string {
  return (process.env.PATH ?? '')
    .split(':')
    .filter((folder) => !folder.includes('node_modules') && !folder.includes('node-gyp-bin'))
    .join(':')
}
