import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { stages } from '../stages.ts'
import { synthesizeStage } from './template.ts'

/** Bundles the functions as `cdk deploy` would, into the folder named by the first argument: the package ships them so. */
const [target = 'dist/bundles'] = process.argv.slice(2)
const directory = await mkdtemp(path.join(tmpdir(), 'bundles-'))
try {
  const { template, assetDirectory } = await synthesizeStage('local', stages.local, directory)
  for (const [logicalId, { Type, Properties }] of Object.entries(template.Resources)) {
    if (Type !== 'AWS::Lambda::Function') continue
    const { Code } = Properties as { Code: { S3Key: string } }
    const folder = logicalId.startsWith('FanOut') ? 'fan-out' : 'require-reset'
    await cp(assetDirectory(Code.S3Key), path.join(target, folder), { recursive: true })
  }
} finally {
  await rm(directory, { recursive: true })
}
