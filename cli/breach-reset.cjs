#!/usr/bin/env node
require('./require-node-24.cjs')
import('./main.ts')
