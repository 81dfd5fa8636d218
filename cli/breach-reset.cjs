#!/usr/bin/env node
require('./require-node-24.cjs')
const { existsSync } = require('node:fs')
const path = require('node:path')
if (!existsSync(path.join(__dirname, 'main.ts'))) {
  console.error(
    'breach-reset: the package holds the construct only; this command runs in a clone of the repository.',
  )
  process.exit(1)
}
import('./main.ts')
