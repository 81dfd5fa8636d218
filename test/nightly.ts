import { spawnSync } from 'node:child_process'

/** The arguments of npm for each step. NIGHTLY makes `npm test` run also what takes too long for every push. */
const STEPS = [
  ['test'],
  ['run', 'simulate', '--', '--seeds', '10000'],
  ['run', 'simulate', '--', '--bugs'],
  ['run', 'chaos', '--', '--seconds', '60'],
  ['run', 'bench', '--', '--quick'],
  ...['mass', 'storm', 'rehearsed'].map((drill) => ['run', 'drill', '--', drill]),
]

/** `npm run nightly`: runs the steps one after another and stops at the first that fails, with its exit code. */
const npm = process.env.npm_execpath
if (!npm) throw new Error('start this with npm run nightly')
for (const args of STEPS) {
  const startedMs = performance.now()
  console.log(`\nnightly: npm ${args.join(' ')}`)
  const { status } = spawnSync(process.execPath, [npm, ...args], {
    env: { ...process.env, NIGHTLY: '1' },
    stdio: 'inherit',
  })
  const seconds = Math.round((performance.now() - startedMs) / 1000)
  if (status !== 0) {
    console.error(`nightly: npm ${args.join(' ')} failed after ${seconds} s`)
    process.exit(status ?? 1)
  }
  console.log(`nightly: npm ${args.join(' ')} passed after ${seconds} s`)
}
